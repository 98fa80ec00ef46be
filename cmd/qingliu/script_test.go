package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the command available to scripts as qingliu.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"qingliu": main})
}

// TestScript runs testdata/script/*.txtar: what users type, what they see, and
// what is left on disk.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":   cmdExits,
			"oneline": cmdOneLine,
			"pages":   cmdPages,
			"warc":    cmdWARC,
			"edit":    cmdEdit,
			"unzstd":  cmdUnzstd,
			"absent":  cmdAbsent,
		},
	})
}

// exits CODE PROGRAM ARGS… runs a program and checks its exit code.
func cmdExits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// oneline checks that the last program printed nothing but one line, an error,
// and no trace of Go.
func cmdOneLine(ts *testscript.TestScript, _ bool, _ []string) {
	out, errs := ts.ReadFile("stdout"), ts.ReadFile("stderr")
	if out != "" {
		ts.Fatalf("standard output is %q, want nothing", out)
	}
	if strings.Count(errs, "\n") != 1 || !strings.HasPrefix(errs, "qingliu: ") {
		ts.Fatalf("standard error is %q, want one line that begins with the name of the program", errs)
	}
	for _, s := range []string{"goroutine", "panic", "%!", "0x", "<nil>", "go-yaml", "reflect", "struct"} {
		if strings.Contains(errs, s) {
			ts.Fatalf("standard error is %q: %q is nothing to say to users", errs, s)
		}
	}
}

// pages DIR N [SEED] writes N made-up Chinese articles as HTML files.
func cmdPages(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	seed := 0
	if len(args) > 2 {
		seed, err = strconv.Atoi(args[2])
		ts.Check(err)
	}
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o777))
	for i := range n {
		ts.Check(os.WriteFile(filepath.Join(dir, fmt.Sprintf("page%03d.html", i)), articlePage(seed+i), 0o666))
	}
}

var words = [4][]string{
	strings.Fields("县文化馆 图书馆的老师们 村里的老人 研究人员 几位年轻的画家 气象站 山里的孩子 博物馆 水利工程师 镇上的木匠 学校的合唱队 摄影师 种茶的农户 考古队 出版社的编辑"),
	strings.Fields("整理了 认真记录了 重新发现了 花了三年时间修复 向游客介绍了 一起讨论了 在春天种下了 用镜头留住了 仔细比较了 终于完成了 从仓库里找到了 邀请大家观看 逐年测量了"),
	strings.Fields("当地的方言和民歌 一百多年前的县志 北坡的梯田 老城墙下的石刻 失传已久的皮影戏 一座木结构的廊桥 冬季候鸟的数量 地下水位的变化 青瓷碎片上的花纹 手抄的药方 茶叶的发酵过程 夏天的暴雨记录"),
	strings.Fields("，这让很多人感到意外。 ，并且把结果贴在门口。 ，但是没有人知道原因。 ，后来成了全县的一件大事。 ，而年轻人往往不太在意。 ，也算是给后代留下一点东西。 ，不过这只是开始。 ，直到现在还有人提起。"),
}

// articlePage returns a made-up article of about 300 code points.
func articlePage(seed int) []byte {
	rng := rand.New(rand.NewPCG(uint64(seed), 4))
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!DOCTYPE html><html lang=\"zh\"><head><meta charset=\"utf-8\"><title>旧事之%d</title></head><body><div class=\"article\"><h1>旧事之%d</h1>\n", seed, seed)
	for range 4 {
		b.WriteString("<p>")
		for range 4 {
			for _, list := range words {
				b.WriteString(list[rng.IntN(len(list))])
			}
		}
		b.WriteString("</p>\n")
	}
	b.WriteString("</div></body></html>\n")
	return b.Bytes()
}

// warc FILE DIR writes a WARC file of the pages in DIR, with a request before
// each.
func cmdWARC(ts *testscript.TestScript, _ bool, args []string) {
	files, err := filepath.Glob(filepath.Join(ts.MkAbs(args[1]), "*.html"))
	ts.Check(err)
	var b bytes.Buffer
	record := func(kind, url string, block []byte) {
		fmt.Fprintf(&b, "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:%08d-0000-0000-0000-000000000000>\r\nWARC-Date: 2025-03-01T00:00:00Z\r\nWARC-Target-URI: %s\r\n"+
			"Content-Type: application/http; msgtype=%s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", kind, b.Len(), url, kind, len(block), block)
	}
	for _, f := range files {
		page, err := os.ReadFile(f)
		ts.Check(err)
		url := "http://site.example/" + filepath.Base(f)
		record("request", url, []byte("GET / HTTP/1.1\r\nHost: site.example\r\n\r\n"))
		record("response", url, fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(page), page))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o666))
}

// edit PATTERN OLD NEW replaces text in the one file that matches.
func cmdEdit(ts *testscript.TestScript, _ bool, args []string) {
	files, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(files) != 1 {
		ts.Fatalf("%s matches %d files", args[0], len(files))
	}
	data, err := os.ReadFile(files[0])
	ts.Check(err)
	if !bytes.Contains(data, []byte(args[1])) {
		ts.Fatalf("%s does not contain %q", args[0], args[1])
	}
	// A new file: hard links to the old one keep their content.
	ts.Check(os.Remove(files[0]))
	ts.Check(os.WriteFile(files[0], bytes.Replace(data, []byte(args[1]), []byte(args[2]), 1), 0o666))
}

// unzstd IN OUT unpacks a file.
func cmdUnzstd(ts *testscript.TestScript, _ bool, args []string) {
	packed, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	d, err := zstd.NewReader(nil)
	ts.Check(err)
	defer d.Close()
	data, err := d.DecodeAll(packed, nil)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o666))
}

// absent PATTERN… checks that no file matches.
func cmdAbsent(ts *testscript.TestScript, _ bool, args []string) {
	for _, p := range args {
		files, err := filepath.Glob(ts.MkAbs(p))
		ts.Check(err)
		if len(files) > 0 {
			ts.Fatalf("%s exists: %q", p, files)
		}
	}
}
