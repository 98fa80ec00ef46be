package report

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// frontMatter is the YAML head of a dataset card as the Hugging Face hub and
// the datasets library read it.
type frontMatter struct {
	PrettyName     string       `yaml:"pretty_name"`
	Language       []string     `yaml:"language,omitempty"`
	License        string       `yaml:"license,omitempty"`
	LicenseName    string       `yaml:"license_name,omitempty"`
	LicenseLink    string       `yaml:"license_link,omitempty"`
	TaskCategories []string     `yaml:"task_categories"`
	SizeCategories []string     `yaml:"size_categories"`
	Configs        []hubConfig  `yaml:"configs"`
	DatasetInfo    []hubDataset `yaml:"dataset_info"`
}

type hubConfig struct {
	Name      string        `yaml:"config_name"`
	Default   bool          `yaml:"default,omitempty"`
	DataFiles []hubDataFile `yaml:"data_files"`
}

type hubDataFile struct {
	Split string `yaml:"split"`
	Path  string `yaml:"path"`
}

type hubDataset struct {
	Name     string       `yaml:"config_name"`
	Features []hubFeature `yaml:"features"`
	Splits   []hubSplit   `yaml:"splits"`
	Download int64        `yaml:"download_size"`
	Size     int64        `yaml:"dataset_size"`
}

type hubFeature struct {
	Name   string        `yaml:"name"`
	Type   string        `yaml:"dtype,omitempty"`
	Struct *[]hubFeature `yaml:"struct,omitempty"`
}

type hubSplit struct {
	Name     string `yaml:"name"`
	Bytes    int64  `yaml:"num_bytes"`
	Examples int64  `yaml:"num_examples"`
}

func hubFeatures(fields []field) []hubFeature {
	list := []hubFeature{}
	for _, f := range fields {
		h := hubFeature{Name: f.Name, Type: f.Type}
		if f.Type == "" {
			members := hubFeatures(f.Fields)
			h.Struct = &members
		}
		list = append(list, h)
	}
	return list
}

// appendFrontMatter appends the YAML block with its fences.
func appendFrontMatter(dst []byte, c *card) ([]byte, error) {
	f := frontMatter{
		PrettyName: visible(c.Name), Language: hubLanguages(c.Statistics), TaskCategories: []string{"text-generation"},
		SizeCategories: []string{sizeCategory(c.MostDocs)}, Configs: []hubConfig{}, DatasetInfo: []hubDataset{},
	}
	f.License, f.LicenseName = hubLicence(c.Info.Licence)
	if f.License == "other" {
		f.LicenseLink = visible(c.Info.LicenceLink)
	}
	for i, o := range c.CardOutputs {
		f.Configs = append(f.Configs, hubConfig{
			Name: o.Name, Default: i == 0, DataFiles: []hubDataFile{{"train", o.Name + "/data/*.jsonl.zst"}},
		})
		if o.Fields == nil {
			continue
		}
		f.DatasetInfo = append(f.DatasetInfo, hubDataset{
			Name: o.Name, Features: hubFeatures(o.Fields), Splits: []hubSplit{{"train", o.Unpacked, o.Docs}},
			Download: o.Packed, Size: o.Unpacked,
		})
	}
	b, err := yaml.Marshal(&f)
	if err != nil {
		return dst, err
	}
	return append(append(append(dst, "---\n"...), b...), "---\n"...), nil
}

// hubLanguages lists the languages that make up at least a hundredth of the
// released documents.
func hubLanguages(s *Statistics) []string {
	var list []string
	for _, l := range s.Labels {
		if l.Label != "language" {
			continue
		}
		var sum int64
		for _, v := range l.Values {
			sum += v.Released
		}
		for _, v := range l.Values {
			if v.Released > 0 && v.Released >= sum/100 && len(v.Value) == 2 {
				list = append(list, v.Value)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// hubLicences are licence names that the hub knows. Source: the list of
// identifiers in the hub's documentation of repository licences, 2026-11.
var hubLicences = []string{
	"apache-2.0", "cc", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0",
	"cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0",
	"cc-by-sa-3.0", "cc-by-sa-4.0", "cc0-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0", "cdla-sharing-1.0", "gfdl",
	"mit", "odbl", "odc-by", "pddl", "unknown", "other",
}

// hubLicence returns the hub's name of a licence, or "other" and the name given.
func hubLicence(licence string) (id, name string) {
	if strings.TrimSpace(licence) == "" {
		return "", ""
	}
	if id := strings.ToLower(strings.TrimSpace(licence)); slices.Contains(hubLicences, id) {
		return id, ""
	}
	return "other", visible(licence)
}

// sizeCategory is the hub's class for a number of rows.
func sizeCategory(n int64) string {
	names := []string{"1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T"}
	if n < 1000 {
		return "n<1K"
	}
	from := int64(1000)
	for i := range len(names) - 1 {
		if n < from*10 {
			return names[i] + "<n<" + names[i+1]
		}
		from *= 10
	}
	return "n>1T"
}
