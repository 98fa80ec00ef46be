package model

import (
	"embed"
	"fmt"
	"strings"
)

//go:generate go run ../cmd/qingliu train classifier training/quality.jsonl --out shipped/quality.ftz --tokens chars --word-ngrams 2 --min-count 1 --dim 16 --buckets 50000 --epochs 40 --learning-rate 0.5 --quantize
//go:generate go run ../cmd/qingliu train classifier training/domain.jsonl --out shipped/domain.ftz --tokens chars --also s2twp --word-ngrams 2 --min-count 1 --dim 16 --buckets 50000 --epochs 60 --learning-rate 0.5 --quantize

// ShippedPrefix stands before the name of a model that comes with the program.
const ShippedPrefix = "shipped:"

// shipped holds the models that come with the program; beside each NAME.ftz stands
// its card, NAME.md.
//
//go:embed shipped/*.ftz
var shipped embed.FS

// Shipped returns the file of a model that comes with the program. The caller must
// not change it.
func Shipped(name string) ([]byte, error) {
	data, err := shipped.ReadFile("shipped/" + name + ".ftz")
	if err != nil {
		return nil, fmt.Errorf("no model %q comes with the program; there are %s", name, strings.Join(ShippedNames(), ", "))
	}
	return data, nil
}

// ShippedNames returns the names of the models that come with the program, sorted.
func ShippedNames() []string {
	entries, err := shipped.ReadDir("shipped")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".ftz"); ok {
			names = append(names, name)
		}
	}
	return names
}
