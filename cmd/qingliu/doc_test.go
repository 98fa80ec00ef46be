package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"

	"github.com/qingliu/qingliu/filters"
	"github.com/qingliu/qingliu/internal/confdoc"
	"github.com/qingliu/qingliu/pipeline"
)

// TestDoc_packagesAndExportedNames fails for every package without a package
// comment and every exported name without a doc comment.
func TestDoc_packagesAndExportedNames(t *testing.T) {
	for _, p := range listPackages(t) {
		fset := token.NewFileSet()
		documented := false
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			documented = documented || f.Doc.Text() != ""
			for _, n := range undocumented(f) {
				pos := fset.Position(n.Pos())
				t.Errorf("%s/%s:%d: %s has no doc comment", p.ImportPath, name, pos.Line, n.Name)
			}
		}
		if !documented {
			t.Errorf("package %s has no package comment", p.ImportPath)
		}
	}
}

// undocumented returns the exported names of a file that lack a comment: above
// them, behind them, or above the group of constants or variables they stand in.
func undocumented(f *ast.File) []*ast.Ident {
	var missing []*ast.Ident
	need := func(id *ast.Ident, comments ...*ast.CommentGroup) {
		if !id.IsExported() {
			return
		}
		for _, c := range comments {
			if c.Text() != "" {
				return
			}
		}
		missing = append(missing, id)
	}
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type)) {
				need(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					need(s.Name, s.Doc, d.Doc)
					if i, ok := s.Type.(*ast.InterfaceType); ok && s.Name.IsExported() {
						for _, m := range i.Methods.List {
							for _, id := range m.Names {
								need(id, m.Doc, m.Comment, s.Doc, d.Doc)
							}
						}
					}
				case *ast.ValueSpec:
					for _, id := range s.Names {
						need(id, s.Doc, s.Comment, d.Doc)
					}
				}
			}
		}
	}
	return missing
}

// receiver returns the name of the type of a receiver.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

// TestDoc_configFields fails when a key of the config has no doc tag, or one that
// is too long for a table. The keys of filters are checked where Table is built.
func TestDoc_configFields(t *testing.T) {
	fields, err := confdoc.Fields(pipeline.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range filters.Table {
		if spec.Doc == "" || spec.From == "" {
			t.Errorf("filter %s lacks its doc or its source", spec.Name)
		}
	}
	for _, f := range fields {
		if n := len([]rune(f.Doc)); n == 0 || n > 80 {
			t.Errorf("%s: doc tag has %d code points, want 1 to 80: %q", f.Key, n, f.Doc)
		}
	}
}
