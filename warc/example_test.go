package warc_test

import (
	"bytes"
	"fmt"
	"io"

	"github.com/qingliu/qingliu/warc"
)

func Example() {
	file := []byte("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Length: 57\r\n\r\n" +
		"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n<html>春眠" + "\r\n\r\n" +
		"bytes that were never a record")

	format, ok := warc.Sniff(file)
	r, err := warc.NewReader(bytes.NewReader(file), int64(len(file)), format, warc.Options{})
	if !ok || err != nil {
		fmt.Println("no archive:", err)
		return
	}
	var payload warc.PayloadDecoder
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil || rec.Err != nil {
			fmt.Println("unreadable:", err, rec.Err)
			continue
		}
		resp, err := payload.Decode(rec.Block)
		if err != nil {
			continue // a request, metadata, ...
		}
		kind := warc.Kind(resp.Header.Get("Content-Type"), resp.Body)
		fmt.Println(rec.Offset, rec.Length, rec.TargetURI, resp.Status, kind, string(resp.Body))
	}
	fmt.Println(r.Gaps())
	// Output:
	// 0 150 http://a.example/ 200 html <html>春眠
	// [{150 30 bytes that are no record false}]
}
