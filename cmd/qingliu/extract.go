package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/pipeline"
	"github.com/qingliu/qingliu/shard"
)

func extractCommand() *cobra.Command {
	var format string
	var jobs int
	var comments bool
	var siteRules []string
	var check string
	cmd := &cobra.Command{
		Use:   "extract [FILE...]",
		Short: "Extract main text from HTML, WARC or JSONL (files or standard input) to text or JSONL, in order",
		Long: "JSON input has an html or html_b64 field and may have id, url, title. One line per input line or page comes\n" +
			"out, also where nothing was extracted or the line is unreadable (reason says why); records of an archive that are\n" +
			"no page are left out.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "jsonl" {
				return usage("--format %s: want text or jsonl", format)
			}
			if jobs < 1 {
				return usage("-j %d: want at least 1", jobs)
			}
			c := pipeline.DefaultConfig()
			c.Extract.Comments = comments
			c.Extract.SiteRules = siteRules
			rules, err := c.Extract.ReadSiteRules("--site-rules")
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("check") {
				if rules == nil || len(args) > 0 {
					return usage("--check DIR tests the rules of --site-rules FILE and takes no other files")
				}
				return checkSiteRules(cmd.OutOrStdout(), rules, comments, check)
			}
			if len(args) == 0 || len(args) == 1 && args[0] == "-" {
				dir, err := os.MkdirTemp("", "qingliu-")
				if err != nil {
					return err
				}
				defer os.RemoveAll(dir)
				path := filepath.Join(dir, "stdin")
				if err := spool(path, cmd.InOrStdin()); err != nil {
					return err
				}
				args = []string{path}
			}
			w := bufio.NewWriterSize(cmd.OutOrStdout(), 1<<20)
			e := extractor{w: w, log: cmd.ErrOrStderr(), format: format}
			if err := pipeline.ExtractFiles(cmd.Context(), &c, args, jobs, e.page, e.gap); err != nil {
				return err
			}
			if err := w.Flush(); err != nil {
				return err
			}
			if e.bad > 0 {
				return exitError(exitUnreadable)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "jsonl", "text or jsonl")
	cmd.Flags().BoolVar(&comments, "comments", false, "keep readers' comments below articles")
	cmd.Flags().StringArrayVar(&siteRules, "site-rules", nil, "file of rules for single sites; may be repeated")
	cmd.Flags().StringVar(&check, "check", "", "test the rules on saved pages: NAME.html beside NAME.txt, the text wanted")
	cmd.Flags().IntVarP(&jobs, "jobs", "j", runtime.NumCPU(), "workers")
	return cmd
}

// extractor writes what the extract command prints.
type extractor struct {
	w      *bufio.Writer
	log    io.Writer
	format string
	buf    []byte
	bad    int
}

func (e *extractor) gap(file string, g shard.Gap) {
	e.bad++
	fmt.Fprintf(e.log, "qingliu: %s: %d bytes at offset %d: %s\n", safeText(file), g.Length, g.Offset, safeText(g.Cause))
}

func (e *extractor) page(p *pipeline.ExtractedPage) error {
	if p.Err != "" {
		e.bad++
		fmt.Fprintf(e.log, "qingliu: %s: record at offset %d: %s\n", safeText(p.File), p.Offset, safeText(p.Err))
		if e.format == "jsonl" {
			return e.line(&corpus.Document{SourceID: p.ID, URL: p.URL}, &p.Details, p.Offset, "unreadable")
		}
		return nil
	}
	if p.Doc == nil {
		if len(p.Skip) > 5 && p.Skip[:5] == "warc_" {
			return nil // requests, metadata and their like are no pages
		}
		if e.format == "jsonl" {
			return e.line(&corpus.Document{SourceID: p.ID, URL: p.URL}, &p.Details, p.Offset, p.Skip)
		}
		return nil
	}
	if e.format == "text" {
		_, err := fmt.Fprintf(e.w, "%s\n\n", p.Doc.Text())
		return err
	}
	reason := ""
	if p.Doc.Text() == "" {
		reason = "no_main_text"
	}
	return e.line(p.Doc, &p.Details, p.Offset, reason)
}

func (e *extractor) line(d *corpus.Document, more *pipeline.PageDetails, offset int64, reason string) error {
	b := e.buf[:0]
	str := func(key, s string) {
		b = append(b, key...)
		b = corpus.AppendJSONString(b, s)
	}
	id := d.SourceID
	if id == "" {
		id = d.ID
	}
	str(`{"id":`, id)
	str(`,"url":`, d.URL)
	str(`,"title":`, d.Title)
	str(`,"text":`, d.Text())
	str(`,"page_type":`, d.PageType)
	b = append(b, `,"confidence":`...)
	b = corpus.AppendJSONFloat(b, d.PageConfidence, 4)
	str(`,"rule":`, d.PageRule)
	str(`,"charset":`, d.Charset)
	str(`,"author":`, d.Author)
	str(`,"attribution":`, d.Attribution)
	str(`,"date_published":`, d.DatePublished)
	str(`,"site_name":`, d.SiteName)
	str(`,"language":`, d.Language)
	str(`,"script":`, d.Script)
	b = append(b, `,"type_confidence":`...)
	b = corpus.AppendJSONFloat(b, more.TypeConfidence, 4)
	str(`,"html_language":`, more.HTMLLanguage)
	str(`,"canonical_url":`, more.CanonicalURL)
	str(`,"keywords":`, more.Keywords)
	str(`,"robots":`, d.Rights.Robots)
	b = append(b, `,"noai":`...)
	b = strconv.AppendBool(b, d.Rights.NoAI)
	str(`,"tdm":`, d.Rights.TDM)
	str(`,"licence_link":`, d.Rights.LicenceLink)
	str(`,"notice":`, d.Rights.Notice)
	str(`,"problem":`, more.Problem)
	str(`,"crawler_languages":`, more.CrawlerLanguages)
	b = append(b, `,"offset":`...)
	b = strconv.AppendInt(b, offset, 10)
	str(`,"reason":`, reason)
	e.buf = append(b, "}\n"...)
	_, err := e.w.Write(e.buf)
	return err
}
