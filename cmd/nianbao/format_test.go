package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/shopspring/decimal"

	"nianbao/extract"
	"nianbao/normalize"
	"nianbao/pipeline"
)

const schemaFile = "../../docs/format.schema.json"

func formatSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate holds a JSON object to docs/format.schema.json.
func validate(t *testing.T, s *jsonschema.Schema, b []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	return s.Validate(v)
}

// TestFormat holds what read prints of the sample reports, and of files that are
// none, to the published schema.
func TestFormat(t *testing.T) {
	s := formatSchema(t)
	files := map[string][]byte{"empty": {}, "text": []byte("年报"), "zip": []byte("PK\x03\x04"), "pdf": []byte("%PDF-1.7\nbroken")}
	paths, err := filepath.Glob("../../fixtures/samples/reports/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if files[path], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	pool := pipeline.NewPool(workerCommand, pipeline.DefaultLimits())
	defer pool.Close()
	for path, b := range files {
		res, err := pool.Do(t.Context(), pipeline.Extract, b, nil)
		if err != nil {
			t.Fatal(err)
		}
		report, err := reportOf(res)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := writeJSON(&out, newLine(path, pipeline.Sum(b), res.MediaType, res.Pages, report)); err != nil {
			t.Fatal(err)
		}
		direct, err := pool.Print(t.Context(), b, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		var printed bytes.Buffer
		if report, err = reportOf(direct); err != nil {
			t.Fatal(err)
		}
		if err := newPrintedLine(path, pipeline.Sum(b), direct, report).write(&printed); err != nil {
			t.Fatal(err)
		}
		if printed.String() != out.String() {
			t.Errorf("%s: a worker prints %s, not %s", path, printed.String(), out.String())
		}
		if strings.Count(out.String(), "\n") != 1 {
			t.Errorf("%s: more than one line", path)
		}
		if err := validate(t, s, out.Bytes()); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestFormatExact: long decimals go through as they are, unknowns are null.
func TestFormatExact(t *testing.T) {
	d := decimal.RequireFromString("12345678901234567890.123456789")
	l := newLine("a.pdf", "", "", 0, &normalize.Report{Observations: []normalize.Observation{{ID: "x", Value: &d}}})
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"value":12345678901234567890.123456789,`, `"evidence":[]`, `"findings":[]`,
		`"source":{"path":"a.pdf","sha256":null,"media_type":null,"pages":null,"url":null},"agency":{"name":null,"division":null},"year":null,"form":null,"dated":null`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s lacks %s", b, want)
		}
	}
}

// TestFormatReadings: what engines read fits the schema.
func TestFormatReadings(t *testing.T) {
	d := decimal.RequireFromString("27370")
	l := newLine("a.pdf", "", "", 0, &normalize.Report{
		Agency: normalize.Agency{Name: "甲局"}, Year: 2021, Form: "2021",
		Observations: []normalize.Observation{{ID: "a.b", Value: &d, Unit: "件", State: normalize.Reported, Status: normalize.OK, Text: "27,370",
			Evidence: []normalize.Evidence{{Page: 1, Box: &extract.Box{1, 2, 3, 4}, Reader: "ocr/b", Confidence: .95, Readings: []extract.Reading{
				{Reader: "ocr/a", Text: "27.370", Confidence: .5}, {Reader: "ocr/b", Text: "27,370", Confidence: .95}, {Reader: "ocr/c"}}}}}},
	})
	var out bytes.Buffer
	if err := writeJSON(&out, l); err != nil {
		t.Fatal(err)
	}
	if err := validate(t, formatSchema(t), out.Bytes()); err != nil {
		t.Errorf("%s: %v", out.String(), err)
	}
	if want := `"readings":[{"reader":"ocr/a","text":"27.370","confidence":0.5}`; !strings.Contains(out.String(), want) {
		t.Errorf("%s lacks %s", out.String(), want)
	}
}

// TestFormatRejects: the schema is strict enough to notice a change.
func TestFormatRejects(t *testing.T) {
	s := formatSchema(t)
	const good = `{"source":{"path":"a","sha256":null,"media_type":null,"pages":null,"url":null},"agency":{"name":"甲局","division":null},"year":2021,"form":"2021","dated":null,
		"observations":[{"id":"a.b","value":1,"unit":"件","state":"reported","status":"ok","text":"1","evidence":[]}],"findings":[]}`
	if err := validate(t, s, []byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{`"year":2021`, `"year":0`},
		{`"form":"2021"`, `"form":"2022"`},
		{`"form":"2021"`, `"form":null`},
		{`"value":1`, `"value":"1"`},
		{`"value":1`, `"value":null`},
		{`"state":"reported"`, `"state":"blank"`},
		{`"state":"reported"`, `"state":"derived"`},
		{`"status":"ok"`, `"status":"fine"`},
		{`"division":null`, `"division":""`},
		{`"dated":null`, `"dated":"2021"`},
		{`"findings":[]`, `"findings":null`},
		{`"findings":[]`, `"findings":[],"more":1`},
		{`"evidence":[]`, `"evidence":[{"page":0,"reader":"r","confidence":1}]`},
		{`"evidence":[]`, `"evidence":[{"reader":"r","confidence":1,"readings":[]}]`},
		{`"evidence":[]`, `"evidence":[{"reader":"r","confidence":1,"readings":[{"reader":"r","text":"1"}]}]`},
		{`"evidence":[]`, `"evidence":[{"reader":"r","confidence":1,"readings":[{"reader":"r","text":"1","confidence":2}]}]`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if validate(t, s, []byte(bad)) == nil {
			t.Errorf("the schema accepts %s", change[1])
		}
	}
}
