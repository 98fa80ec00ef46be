package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/qingliu/qingliu"

// layers says which packages of ours each package may import. Arrows go right:
//
//	cmd → pipeline → {warc charset extract filters pii dedup shard report} → {model zh corpus}
//
// Boxes of one group do not import each other, except where a reader of a format
// needs its writer's types.
var layers = map[string]struct {
	may []string
	why string
}{
	"corpus":                  {nil, "the document and the record depend on nothing"},
	"zh":                      {nil, "Chinese text is usable without the rest"},
	"model":                   {nil, "a model scores tokens; who makes them of a text is not its affair"},
	"warc":                    {nil, "archives are read without knowing what is in them"},
	"charset":                 {nil, "bytes become text before anything is known of them"},
	"extract":                 {[]string{"corpus", "zh", "internal/weburl"}, "pages are given as UTF-8; archives and charsets are decoded before"},
	"extract/eval":            {nil, "it scores texts of any tool and knows no extractor"},
	"filters":                 {[]string{"corpus", "model", "zh", "internal/confdoc"}, "a filter measures one document and knows no pipeline"},
	"pii":                     {[]string{"zh"}, "finders look at text, not at documents"},
	"dedup":                   {[]string{"corpus", "zh"}, "duplicates are found in files of its own formats"},
	"shard":                   {[]string{"corpus"}, "a release is read and verified without the pipeline"},
	"report":                  {[]string{"corpus", "shard"}, "the report is drawn from numbers and the ledger, which shard defines"},
	"configs":                 {nil, "shipped YAML is data"},
	"internal/confdoc":        {nil, "a helper for every package imports none"},
	"internal/flatparquet":    {nil, "tables are read without knowing what is in them"},
	"internal/storage":        {nil, "a helper for every package imports none"},
	"internal/storage/s3test": {nil, "a server for tests"},
	"internal/weburl":         {nil, "a helper for every package imports none"},
	"pipeline": {[]string{
		"warc", "charset", "extract", "filters", "pii", "dedup", "shard", "report", "model", "zh", "corpus",
		"configs", "internal/confdoc", "internal/flatparquet", "internal/storage", "internal/weburl",
	}, "the pipeline joins the packages; nothing but commands is above it"},
	"cmd/qingliu": {[]string{
		"pipeline", "warc", "charset", "extract", "extract/eval", "filters", "pii", "dedup", "shard", "report", "model", "zh", "corpus",
	}, "a command uses the pipeline or what it is about; configs and helpers belong to the pipeline"},
}

// TestImports_arrowsGoRight fails when a package imports what is not on its list.
func TestImports_arrowsGoRight(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		seen[name] = true
		layer, ok := layers[name]
		if !ok {
			t.Errorf("package %s has no place in the layers: add it to the table in imports_test.go with what it may import and why", name)
			continue
		}
		for _, imp := range p.Imports {
			dep, ours := strings.CutPrefix(imp, module+"/")
			if ours && !slices.Contains(layer.may, dep) {
				t.Errorf("%s imports %s, but may import %s of ours: %s", name, dep, orNothing(layer.may), layer.why)
			}
		}
	}
	for name := range layers {
		if !seen[name] {
			t.Errorf("the table names package %s, which does not exist", name)
		}
	}
}

func orNothing(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return "only " + strings.Join(list, ", ")
}

// goPackage is what the tests use of the output of go list.
type goPackage struct {
	ImportPath, Dir  string
	Imports, GoFiles []string
}

// listPackages returns all packages of the module.
func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,GoFiles", "./...")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	var list []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		err := dec.Decode(&p)
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}
