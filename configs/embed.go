// Package configs holds the shipped configs, one per use, and the presets that
// they and users' configs extend. A preset is never edited once released: a
// change is a new version beside the old one.
package configs

import "embed"

//go:generate go run ../cmd/qingliu config reference -o REFERENCE.md
//go:generate go run ../testdata/demo/gen/main.go -dir ../testdata/demo

// Presets holds presets/NAME@VERSION.yaml.
//
//go:embed presets/*.yaml
var Presets embed.FS
