package shard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Names of the files that describe a release folder.
const (
	ManifestName = "manifest.json"
	LedgerName   = "ledger.json"
	SumsName     = "SHA256SUMS"
)

// ManifestFormat is the version of the manifest's layout.
const ManifestFormat = 1

// Manifest lists what a release folder holds and what it was made from. Paths
// are relative to the folder, with slashes. A file without an entry does not
// exist for readers; manifest.json and SHA256SUMS have none.
type Manifest struct {
	Format            int          `json:"format"`
	Name              string       `json:"name"`
	Tool              string       `json:"tool"` // program and version
	ConfigFingerprint string       `json:"config_fingerprint"`
	Stages            []Stage      `json:"stages"`           // in the order of the walk
	Inputs            []Input      `json:"inputs"`           // in input order
	Policy            []PolicyList `json:"policy,omitempty"` // lists of addresses, in the order of the config
	Outputs           []Output     `json:"outputs"`
	Ledger            Totals       `json:"ledger"`
	Files             []FileSum    `json:"files"` // every other file, by path
}

// Stage is what a stage's output depended on besides its input.
type Stage struct {
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
}

// Input is one input file of the run.
type Input struct {
	Path string `json:"path"` // as the config resolved it
	// SHA256 is that of a file of up to 256 MiB. Of a larger one it is the SHA-256 of
	// the SHA-256 digests of its parts of 256 MiB in a row, a hyphen and their number:
	// machines that share a file read it once. (S3 writes composite checksums so.)
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// PolicyList is a list of addresses that decided drops.
type PolicyList struct {
	List    string `json:"list"` // name of the file
	Reason  string `json:"reason"`
	Action  string `json:"action"` // drop, tag or keep
	Date    string `json:"date"`   // YYYY-MM-DD as the list says, "" if it does not
	SHA256  string `json:"sha256"`
	Entries int64  `json:"entries"`
}

// Output is one set of shards with one schema.
type Output struct {
	Name    string  `json:"name"`
	Schema  string  `json:"schema"`
	IDKey   string  `json:"id_key"`   // key of the id in each record, "" if the schema has none
	TextKey string  `json:"text_key"` // key of the main text, "" if the schema has none
	Where   string  `json:"where"`    // condition of the config, "" if all kept documents are in
	Shards  []Shard `json:"shards"`   // in row order
}

// Shard is one shard of an output.
type Shard struct {
	Path           string  `json:"path"`
	Rows           int     `json:"rows"`
	Frames         int     `json:"frames"`
	PackedBytes    int64   `json:"packed_bytes"`
	UnpackedBytes  int64   `json:"unpacked_bytes"`
	SHA256         string  `json:"sha256"`
	SHA256Unpacked string  `json:"sha256_unpacked"`
	CodePoints     int64   `json:"code_points"` // of the main text of all rows
	FirstID        string  `json:"first_id"`    // "" if there are no rows
	LastID         string  `json:"last_id"`
	Sidecar        Sidecar `json:"sidecar"`
}

// Sidecar is the file beside a shard with one row per record: where it came
// from and where it lies. The zero Sidecar stands for none. A sidecar named
// .jsonl.zst with an "id" key is checked row by row against its shard.
type Sidecar struct {
	Path   string `json:"path"`
	Rows   int    `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// FileSum is a file and its checksum.
type FileSum struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Totals are the sums of the ledger over all input files.
type Totals struct {
	Records    int64 `json:"records"`
	Kept       int64 `json:"kept"`
	Dropped    int64 `json:"dropped"`
	Skipped    int64 `json:"skipped"`
	Unreadable int64 `json:"unreadable"`
}

// NewShard returns the manifest entry of a finished shard at path.
func NewShard(path string, s Stats) Shard {
	return Shard{
		Path: path, Rows: s.Records, Frames: s.Frames, PackedBytes: s.Packed, UnpackedBytes: s.Unpacked,
		SHA256: s.SHA256Packed, SHA256Unpacked: s.SHA256Unpacked,
	}
}

// Encode returns the manifest as indented JSON with a final line feed. The
// order is that of the slices, except that Files are sorted by path. Format is
// set to ManifestFormat.
func (m Manifest) Encode() ([]byte, error) {
	m.Format = ManifestFormat
	m.Stages, m.Inputs, m.Files = notNil(m.Stages), notNil(m.Inputs), notNil(sortedSums(m.Files))
	m.Outputs = notNil(slices.Clone(m.Outputs))
	for i := range m.Outputs {
		m.Outputs[i].Shards = notNil(m.Outputs[i].Shards)
	}
	return encodeJSON(&m)
}

// notNil makes JSON write [] where it would write null.
func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// ParseManifest reads what Encode wrote. Another format version, an unknown key
// and anything behind the manifest are errors.
func ParseManifest(b []byte) (*Manifest, error) {
	var v struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, err
	}
	if v.Format != ManifestFormat {
		return nil, fmt.Errorf("manifest format %d, this program reads %d", v.Format, ManifestFormat)
	}
	m := new(Manifest)
	return m, decodeJSON(b, m)
}

// AppendSums appends the SHA256SUMS file for sums, sorted by path, in the form
// that sha256sum -c reads.
func AppendSums(dst []byte, sums []FileSum) []byte {
	for _, f := range sortedSums(sums) {
		dst = append(append(append(append(dst, f.SHA256...), "  "...), f.Path...), '\n')
	}
	return dst
}

func sortedSums(sums []FileSum) []FileSum {
	s := slices.Clone(sums)
	slices.SortFunc(s, func(a, b FileSum) int { return strings.Compare(a.Path, b.Path) })
	return s
}

func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

func decodeJSON(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("data behind the JSON value at offset %d", d.InputOffset())
	}
	return nil
}
