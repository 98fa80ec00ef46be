package pipeline

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/qingliu/qingliu/extract"
	"github.com/qingliu/qingliu/filters"
	"github.com/qingliu/qingliu/internal/weburl"
	"github.com/qingliu/qingliu/pii"
)

// Bytes is a number of bytes. In YAML it is written with a unit: 8MiB, 500KB, 4096.
type Bytes int64

var byteUnits = []struct {
	suffix string
	size   float64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1}, {"", 1},
}

// ParseBytes reads a size such as 8MiB.
func ParseBytes(s string) (Bytes, error) {
	t := strings.TrimSpace(s)
	for _, u := range byteUnits {
		n, ok := strings.CutSuffix(t, u.suffix)
		if !ok {
			continue
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(n), 64)
		if err != nil || f < 0 || math.IsNaN(f) || float64(f*u.size) > 1<<62 {
			break
		}
		return Bytes(f * u.size), nil
	}
	return 0, fmt.Errorf("%q is no size; write it like 8MiB, 500KB or 4096", s)
}

// UnmarshalYAML reads a size with or without a unit.
func (b *Bytes) UnmarshalYAML(n *yaml.Node) error {
	v, err := ParseBytes(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		return fmt.Errorf("line %d: %q is no size; write it like 8MiB, 500KB or 4096", n.Line, n.Value)
	}
	*b = v
	return nil
}

// MarshalYAML writes the size in the largest unit that divides it.
func (b Bytes) MarshalYAML() (any, error) { return b.String(), nil }

// String returns the size in the largest binary unit that divides it.
func (b Bytes) String() string {
	for _, u := range []struct {
		suffix string
		size   Bytes
	}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if b != 0 && b%u.size == 0 {
			return fmt.Sprintf("%d%s", b/u.size, u.suffix)
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

// Config is one run as its YAML describes it. Each top-level key belongs to
// the stages that read it; a change re-runs those stages and what depends on
// their output, nothing else.
type Config struct {
	Extends  string             `yaml:"extends" doc:"preset this config starts from, with its version, e.g. cci@1"`
	Name     string             `yaml:"name" doc:"name of the corpus: letters, digits, - and _; part of file names"`
	Input    []Input            `yaml:"input" doc:"what to read: files, folders, globs, URLs, buckets"`
	Datasets map[string]Dataset `yaml:"datasets" doc:"labels of the datasets named by the inputs"`
	Extract  ExtractConfig      `yaml:"extract" doc:"how pages become text"`
	Sites    SitesConfig        `yaml:"sites" doc:"lines that a site repeats on its pages"`
	Gates    GatesConfig        `yaml:"gates" doc:"hard conditions; only pages that pass are measured"`
	Text     TextConfig         `yaml:"text" doc:"changes to the text before it is measured"`
	Measure  MeasureConfig      `yaml:"measure" doc:"what is measured"`
	// Scores of models are signals: limits of filters.NAME (min, max, action) and
	// conditions of outputs name them.
	Models map[string]ModelConfig `yaml:"models" doc:"models that score texts, by the name of the signal"`
	Domain DomainConfig           `yaml:"domain" doc:"which model names the domain of a document"`
	// Joined scores are signals, too, and stand in the object scores of records.
	Scores  map[string]ScoreConfig `yaml:"scores" doc:"scores of another program, joined by id, by the name of the signal"`
	Filters yaml.Node              `yaml:"filters" doc:"limits over measured signals, by filter, model or score"`
	Labels  LabelsConfig           `yaml:"labels" doc:"labels of pages that decide drops"`
	URLs    URLsConfig             `yaml:"urls" doc:"which addresses are one page"`
	Policy  []PolicyList           `yaml:"policy" doc:"lists of addresses that decide drops, whatever the text"`
	PII     pii.Config             `yaml:"pii" doc:"what happens to personal data, by class"`
	Dedup   DedupConfig            `yaml:"dedup" doc:"exact and near duplicates"`
	Outputs []Output               `yaml:"outputs" doc:"what to publish"`
	// Byte-level BPE only, as of GPT-2, Llama 3 and Qwen. A record gets tokens
	// {name: n}, without special tokens around the text; the statistics get totals.
	Tokenizers map[string]string `yaml:"tokenizers" doc:"tokenizer.json files, by the name their counts get in records"`
	Statistics StatisticsConfig  `yaml:"statistics" doc:"how the statistics break the outputs down"`
	Publish    string            `yaml:"publish" doc:"s3://bucket/prefix that the finished release is uploaded to; empty: nowhere"`
	Network    NetworkConfig     `yaml:"network" doc:"how remote inputs are read; never changes the release"`
	Tasks      TasksConfig       `yaml:"tasks" doc:"how the work is cut; never changes the release"`
}

// Input is one entry of the input list.
type Input struct {
	Path    string     `yaml:"path" doc:"file, folder, glob, URL, s3://bucket/ with key, folder or glob, or - for stdin"`
	List    bool       `yaml:"list" doc:"path is a list of files, one a line, plain or packed, as warc.paths.gz"`
	Prefix  string     `yaml:"prefix" doc:"what stands before the names of a list or index: URL, s3://bucket/… or folder"`
	Dataset string     `yaml:"dataset" doc:"dataset the records belong to; empty means the name of the corpus"`
	Format  string     `yaml:"format" range:"auto|warc|html|jsonl|zip|tar|parquet|cc-index" doc:"format of the files; auto looks at their first bytes"`
	Fields  JSONFields `yaml:"fields" doc:"names of the fields of JSON and the columns of Parquet"`
	// An index of Common Crawl selects records; just these are fetched and are
	// the input. Everything else in the files is none, and the ledger leaves it out.
	Select IndexConfig `yaml:"select" doc:"rows wanted of a columnar index of Common Crawl (format: cc-index)"`
	// Pages that are files or members of archives have a path and no address.
	URLPrefix string `yaml:"url_prefix" doc:"address of pages in folders, zip and tar: this and their path in it"`
	// What is reported is in the ledger and the report, and everything else is
	// read; the run then ends with exit code 3.
	OnDamage string `yaml:"on_damage" range:"report|fail" doc:"what damaged input does: it is reported, or ends the run"`
}

// JSONFields names the fields of JSONL input. Text input has a text field;
// HTML input has an html field instead.
type JSONFields struct {
	Text     string `yaml:"text" doc:"main text"`
	HTML     string `yaml:"html" doc:"HTML of the page, UTF-8; read when there is no text"`
	URL      string `yaml:"url" doc:"address of the page"`
	Title    string `yaml:"title" doc:"title of the page"`
	Date     string `yaml:"date" doc:"date of the crawl, RFC 3339 or YYYY-MM-DD"`
	SourceID string `yaml:"source_id" doc:"id of the record, kept as source_id"`
}

// Dataset holds the labels of a dataset. They are read by rank, write and
// finish only.
type Dataset struct {
	Trust   int    `yaml:"trust" range:"0..100" doc:"which copy of a duplicate stays: the one of the dataset with more trust"`
	Licence string `yaml:"licence" doc:"licence or contract, copied into every record"`
	Record  string `yaml:"record" doc:"document that describes the collection, linked in the card"`
	Dump    string `yaml:"dump" doc:"name of the crawl dump, copied into every record"`
}

// ExtractConfig is what the extract stage reads, beside the inputs.
type ExtractConfig struct {
	HanPrefilter   bool         `yaml:"han_prefilter" doc:"skip pages whose bytes hold fewer than 32 Han characters, unparsed (few_han)"`
	Comments       bool         `yaml:"comments" doc:"keep readers' comments below articles"`
	ShortReplies   bool         `yaml:"short_replies" doc:"keep posts of a thread with fewer than ten words or characters"`
	ImageAlt       bool         `yaml:"image_alt" doc:"keep the alternative text of images; that of formulas always stays"`
	CellSeparator  string       `yaml:"cell_separator" doc:"what separates the cells of a table row"`
	MaxPageBytes   Bytes        `yaml:"max_page_bytes" doc:"unpacked bytes of a page that are read; longer bodies are cut and marked"`
	MaxRecordBytes Bytes        `yaml:"max_record_bytes" doc:"unpacked bytes of an archive record; larger ones are unreadable"`
	Limits         LimitsConfig `yaml:"limits" doc:"bounds against hostile input"`

	Sample float64 `yaml:"sample" range:"0..1" unit:"fraction of sites" doc:"read only this share of the sites; 1 reads all"`

	SiteRules []string  `yaml:"site_rules" json:",omitempty" doc:"files of rules for single sites (CSS selectors), or patterns of them"`
	read      siteRules // what SiteRules names

	Keep extract.Keep `yaml:"keep" doc:"page furniture that stays in the text"`
}

// extractor returns the extractor's own config.
func (c *ExtractConfig) extractor() extract.Config {
	e := extract.DefaultConfig()
	e.Comments, e.ShortReplies, e.ImageAlt, e.CellSeparator, e.Keep = c.Comments, c.ShortReplies, c.ImageAlt, c.CellSeparator, c.Keep
	e.Rules, e.MaxNodes, e.MaxDepth = c.read.rules, c.Limits.PageNodes, c.Limits.PageDepth
	return e
}

// SitesConfig says which lines count as boilerplate of their site. Source of
// the numbers: our own measurement on crawl data, 2026-11.
type SitesConfig struct {
	Cut          bool    `yaml:"cut" doc:"cut boilerplate lines from the text"`
	MinDocuments int     `yaml:"min_documents" range:"2..1000000" unit:"documents" doc:"only sites with this many distinct documents"`
	MinCount     int     `yaml:"min_count" range:"2..1000000" unit:"documents" doc:"a boilerplate line stands in at least this many"`
	MinFraction  float64 `yaml:"min_fraction" range:"0..1" unit:"fraction of documents" doc:"and in at least this share of the site's documents"`
	// The list is what site-lines writes, after somebody has read it and struck rows;
	// nothing is counted then.
	Frozen     string `yaml:"frozen" json:",omitempty" doc:"file of boilerplate lines to cut instead of those that are counted"`
	MaxLetters int    `yaml:"max_letters" range:"1..10000" unit:"letters" doc:"longer lines count only at the head or tail of a text"`
}

// GatesConfig holds the hard conditions before measuring.
type GatesConfig struct {
	Language      string `yaml:"language" range:"zh|any" doc:"language of the text; any lets all pass"`
	MinCodePoints int    `yaml:"min_code_points" range:"0..1000000" unit:"code points" doc:"shorter texts are not measured"`
}

// TextConfig says how measure changes a text before it is measured.
type TextConfig struct {
	Script    string `yaml:"script" range:"keep|simplified|traditional" doc:"script of the released text: documents and titles in the other one are converted"`
	LineRules bool   `yaml:"line_rules" doc:"cut furniture lines and suffixes such as 详情点击>>"`
	Lines     string `yaml:"lines" range:"all|c4" json:",omitempty" doc:"c4: only lines of 5 characters that end in 。！？…”： or their ASCII forms stay"`
	// SimilarSentences is MAP-CC's removal; see [filters.SentenceCutter] for its bounds.
	SimilarSentences bool `yaml:"similar_sentences" json:",omitempty" doc:"cut sentences that nearly repeat an earlier one of the page, as MAP-CC does"`
	// CutAddresses is MAP-CC's removal; see [filters.AddressCutter] for what stays.
	CutAddresses bool `yaml:"cut_addresses" json:",omitempty" doc:"cut addresses of web pages as MAP-CC does; e-mail addresses and code stay"`
	// CutOpenEnd is FlagData's end_clip; see [filters.EndCutter] for what stays.
	CutOpenEnd bool `yaml:"cut_open_end" json:",omitempty" doc:"cut what is behind the last 。！？.?! of a text, a quarter at most (FlagData)"`
	// RestoreLineBreaks is FlagData's repair; see [filters.LineBreaker] for its bounds.
	RestoreLineBreaks bool `yaml:"restore_line_breaks" json:",omitempty" doc:"turn blanks behind 。；？！ into line breaks where these were lost (FlagData)"`
	// CleanBlanks is FlagData's; see [filters.BlankCleaner].
	CleanBlanks bool   `yaml:"clean_blanks" json:",omitempty" doc:"no blank lines, control characters, U+00A0 and U+3000 in the text (FlagData)"`
	UserWords   string `yaml:"user_words" doc:"file of further words for segmentation: one a line, with an optional frequency"`
}

// MeasureConfig says what is measured of a text.
type MeasureConfig struct {
	Signals   bool   `yaml:"signals" doc:"measure the signals of all filters; without them no limit applies"`
	Segmenter string `yaml:"segmenter" range:"gse|jieba" doc:"dictionary and rules of the words; jieba for limits published over its words"`
}

// LabelsConfig lists labels that decide drops.
type LabelsConfig struct {
	DropPageTypes []string `yaml:"drop_page_types" doc:"page types that are dropped: list, login, error, parked, empty …"`
}

// URLsConfig says which addresses are captures of one page, for dedup.url. Always
// one are http and https, a host with and without www., default ports and pages
// (index.html …), percent-encodings of the same bytes, and addresses that differ in
// fragments, session ids and parameters of campaigns and share buttons. Ids do not
// depend on it.
type URLsConfig struct {
	MergeMobile bool     `yaml:"merge_mobile" doc:"m., wap., 3g. and mobile. before a host make no difference"`
	SortParams  bool     `yaml:"sort_params" doc:"the order of parameters makes no difference"`
	DropParams  []string `yaml:"drop_params" doc:"further parameters that do not choose the page; name* takes all that begin so"`
}

// form returns the form of addresses that the config asks for.
func (c *URLsConfig) form() *weburl.Form {
	f := &weburl.Form{MergeMobile: c.MergeMobile, SortParams: c.SortParams}
	for _, p := range c.DropParams {
		f.DropParams = append(f.DropParams, strings.ToLower(p))
	}
	return f
}

// DedupConfig configures duplicates. Similarity is an estimate of the Jaccard
// similarity of the sets of character 5-grams.
type DedupConfig struct {
	URL        string  `yaml:"url" range:"newest|first|longest|off" doc:"which capture of a URL stays; off keeps all"`
	Exact      bool    `yaml:"exact" doc:"collapse equal texts; equal ids always collapse"`
	Near       bool    `yaml:"near" doc:"remove near duplicates"`
	Similarity float64 `yaml:"similarity" range:"0.5..1" unit:"Jaccard estimate" doc:"two texts at least this similar are near duplicates"`
}

// Output is one data set of the release.
type Output struct {
	Name       string `yaml:"name" doc:"name: letters, digits, - and _; folder and file names"`
	Schema     string `yaml:"schema" range:"superset|cci|text" doc:"record layout"`
	Words      bool   `yaml:"words" json:",omitempty" doc:"add a field words: the text cut into words with spaces between"`
	Where      string `yaml:"where" doc:"only documents that meet this condition, e.g. n_code_points >= 500"`
	ShardBytes Bytes  `yaml:"shard_bytes" doc:"unpacked bytes of a shard, about"`
	FrameBytes Bytes  `yaml:"frame_bytes" doc:"unpacked bytes of one zstd frame, about"`
	Level      string `yaml:"level" range:"fastest|default|better|best" doc:"zstd level"`
}

// TasksConfig cuts the work into tasks.
type TasksConfig struct {
	SplitBytes Bytes `yaml:"split_bytes" doc:"archives larger than this are read in several byte ranges"`
	GroupBytes Bytes `yaml:"group_bytes" doc:"ranges are packed into groups of about this many bytes"`
}

// DefaultConfig returns the values that hold where neither preset nor config
// says otherwise.
func DefaultConfig() Config {
	return Config{
		Extract: ExtractConfig{ShortReplies: true, CellSeparator: "\t", MaxPageBytes: 8 << 20, MaxRecordBytes: 64 << 20, Limits: defaultLimits(), Sample: 1},
		Sites:   SitesConfig{Cut: true, MinDocuments: 20, MinCount: 5, MinFraction: 0.005, MaxLetters: 120},
		Gates:   GatesConfig{Language: "zh", MinCodePoints: 50},
		Text:    TextConfig{Script: "keep", LineRules: true, Lines: "all"},
		Measure: MeasureConfig{Signals: true, Segmenter: "gse"},
		Domain:  DomainConfig{Tokens: "words"},

		Statistics: StatisticsConfig{Edges: []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}},
		PII:        pii.DefaultConfig(),
		Dedup:      DedupConfig{URL: "newest", Exact: true, Near: true, Similarity: 0.77},
		Network:    NetworkConfig{Attempts: 8, Stall: time.Minute, Coalesce: 64 << 10},
		Tasks:      TasksConfig{SplitBytes: 256 << 20, GroupBytes: 64 << 20},
	}
}

func defaultInput() Input {
	return Input{Format: "auto", Select: IndexConfig{Languages: []string{"zho"}, Status: []int{200}}, OnDamage: damageReport, Fields: JSONFields{Text: "text", HTML: "html", URL: "url", Title: "title", Date: "date", SourceID: "id"}}
}

func defaultOutput() Output {
	return Output{Schema: "superset", ShardBytes: 256 << 20, FrameBytes: 2 << 20, Level: "default"}
}

// filterSet builds the filters of the config.
func (c *Config) filterSet() (*filters.Set, error) {
	return buildFilters(&c.Filters, c.outsideSignals())
}

// buildFilters builds filters of a filters section and of signals from outside.
func buildFilters(section *yaml.Node, outside []filters.Signal) (*filters.Set, error) {
	blocks, err := filters.Blocks(section)
	if err != nil {
		return nil, err
	}
	return filters.Build(blocks, outside...)
}
