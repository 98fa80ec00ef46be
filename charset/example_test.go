package charset_test

import (
	"fmt"

	"github.com/qingliu/qingliu/charset"
)

func ExampleDecoder_Decode() {
	// "清流中文网页" in GBK, sent as UTF-8.
	body := []byte("<title>\xc7\xe5\xc1\xf7\xd6\xd0\xce\xc4\xcd\xf8\xd2\xb3</title>")
	var d charset.Decoder
	text, dec := d.Decode(nil, body, charset.ContentTypeCharset("text/html; charset=UTF-8"))
	fmt.Println(string(text))
	fmt.Println(dec.Encoding, dec.Rule, dec.Invalid)
	// Output:
	// <title>清流中文网页</title>
	// gb18030 statistics 0
}
