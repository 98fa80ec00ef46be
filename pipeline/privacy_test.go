package pipeline

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// unpackedFiles calls visit with the content of every file below dir: zstd files
// unpacked, column files with all their columns.
func unpackedFiles(t *testing.T, dir string, visit func(path string, data []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if strings.HasSuffix(path, ".zst") {
			visit(path, unzstd(t, path))
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		visit(path, data)
		if !bytes.HasPrefix(data, []byte(columnMagic)) {
			return nil
		}
		c, err := openColumns(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return err
		}
		defer c.close()
		for _, b := range c.blocks {
			for _, m := range b.Columns {
				err := c.column(m.Name, m.Width, func(raw []byte, m *columnMeta) error {
					visit(path+" "+m.Name, raw)
					visit(path+" "+m.Name, []byte(strings.Join(m.Dict, "\n")))
					return nil
				})
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPersonalData plants personal data in pages that are kept, dropped by a
// limit, and stopped by a gate, and looks for it in everything that the stages
// after extract left, and in what people are shown.
func TestPersonalData(t *testing.T) {
	in := t.TempDir()
	inputs := writeCrawl(t, in, 0, 1)
	text := writeInput(t, filepath.Join(in, "texts.jsonl"), []byte(`{"id":"a","url":"http://texts.example/a","title":"`+plantedEmail+`","text":"`+
		strings.Join(prose(7000, 3), `\n`)+`\n请发邮件到`+plantedEmail+`或者拨打`+plantedPhone+`。"}`+"\n"))
	dir := filepath.Join(t.TempDir(), "run")
	r := runConfig(t, testYAML(append(inputs, text)...)+lengthLimit+"dedup: {near: false}\nextract: {han_prefilter: false}\n", dir, RunOptions{})

	inExtract := map[string]int{}
	unpackedFiles(t, filepath.Join(dir, "extract"), func(_ string, data []byte) {
		for _, p := range planted {
			inExtract[p] += bytes.Count(data, []byte(p))
		}
	})
	for _, p := range planted {
		if inExtract[p] < 2 {
			t.Errorf("%s stands only %d times in the pages: the test plants too little", p, inExtract[p])
		}
	}
	files := 0
	for _, s := range append(stagesWithoutScores()[1:], ReleaseDir) {
		unpackedFiles(t, filepath.Join(dir, s), func(path string, data []byte) {
			files++
			for _, p := range planted {
				if bytes.Contains(data, []byte(p)) {
					t.Errorf("%s holds %s", path, p)
				}
			}
		})
	}
	if files < 50 {
		t.Errorf("only %d files and columns were searched", files)
	}
	masked := 0
	unpackedFiles(t, filepath.Join(dir, ReleaseDir, "all", "data"), func(_ string, data []byte) {
		masked += bytes.Count(data, []byte(`"title":"联系方式 `))
	})
	if masked != 2 {
		t.Errorf("%d pages with planted data were released, want 2", masked)
	}

	fates := map[string]string{}
	for _, url := range []string{"http://hehua.example/contact/0.html", "http://dropped.example/0.html", "http://gated.example/0.html", "http://texts.example/a"} {
		e, err := r.Explain(url)
		if err != nil {
			t.Errorf("explain %s: %v", url, err)
			continue
		}
		fates[url] = e.Fate + " " + e.Detail
		shown, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range planted {
			if bytes.Contains(shown, []byte(p)) {
				t.Errorf("explain %s shows %s", url, p)
			}
		}
	}
	for url, want := range map[string]string{
		"http://hehua.example/contact/0.html": "kept ", "http://dropped.example/0.html": "dropped decide/length.min_code_points",
		"http://gated.example/0.html": "dropped decide/gates.min_code_points", "http://texts.example/a": "kept ",
	} {
		if fates[url] != want {
			t.Errorf("%s: fate %q, want %q", url, fates[url], want)
		}
	}
	docs, err := r.Sample(SampleOptions{N: 1000, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range docs {
		for _, p := range planted {
			if strings.Contains(d.Text+d.Title, p) {
				t.Errorf("sample shows %s of %s", p, d.URL)
			}
		}
	}
}

// TestPersonalData_bandsStay changes pii and compares what dedup reads: it must not
// depend on what is done with personal data.
func TestPersonalData_bandsStay(t *testing.T) {
	in := t.TempDir()
	inputs := writeCrawl(t, in, 0, 1)
	yaml := testYAML(inputs...)
	signs := func(dir string) (files map[string]string, docs string) {
		files = map[string]string{}
		for path, sum := range digests(t, filepath.Join(dir, "measure")) {
			_, suffix, _ := strings.Cut(path, ".")
			switch suffix {
			case bandsFile, sketchesFile:
				files[suffix] += sum + " "
			case docsFile:
				docs += sum
			}
		}
		return files, docs
	}
	base := filepath.Join(t.TempDir(), "run")
	runConfig(t, yaml, base, RunOptions{})
	want, docs := signs(base)
	if len(want) != 2 {
		t.Fatalf("measure left %v, want bands and sketches", want)
	}
	for _, pii := range []string{
		"pii: {id_card: \"off\", phone: \"off\", email: \"off\", bank_card: \"off\"}\n",
		"pii: {id_card: tag, phone: tag, email: tag, bank_card: tag}\n",
	} {
		dir := filepath.Join(t.TempDir(), "run")
		runConfig(t, yaml+pii, dir, RunOptions{})
		got, other := signs(dir)
		sameRelease(t, pii, want, got)
		if other == docs {
			t.Errorf("%s: the documents are the same, so the change had no effect", pii)
		}
	}
}
