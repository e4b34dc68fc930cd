package notice_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nianbao/check"
	"nianbao/compliance"
	"nianbao/normalize"
	"nianbao/notice"
	"nianbao/store"
)

func sample() *notice.Notice {
	finding := func(rule string, s normalize.Severity, message string, ids ...string) check.Finding {
		return check.Finding{Finding: normalize.Finding{Rule: rule, Severity: s, IDs: ids, Message: message}}
	}
	series := finding("series.carried_over.total", normalize.Inconclusive, "2021: 2 ≠ 2022: 3", "requests.carried_over.total")
	series.Other = &store.Report{Agency: store.Agency{Name: "甲市水利局"}, Year: 2021, Path: "a.html"}
	return &notice.Notice{Agency: "甲市水利局", Year: 2022, Form: "2021", Path: "b&<1>.html",
		Findings: []check.Finding{
			finding("balance.total", normalize.Error, "4 + 1 ≠ 5 + 1", "requests.received.total", "requests.carried_over.total", "requests.concluded.total", "requests.carried_forward.total"),
			series,
			finding("title_doubled", normalize.Advice, "2022年年度"),
		},
		Sheet: compliance.Sheet{Points: 70, Of: 90, Open: 10, Items: []compliance.Item{
			{Rule: "sums", Title: "表内勾稽关系成立", Basis: "统一格式", Outcome: compliance.Failed, Reason: "1处不符", Evidence: "balance.total: 4 + 1 ≠ 5 + 1"},
			{Rule: "section.other", Title: "第六部分", Basis: "条例", Outcome: compliance.Failed, Reason: "报告中没有找到"},
			{Rule: "deadline", Title: "按期公布", Basis: "条例", Outcome: compliance.Open, Reason: "没有日期"},
			{Rule: "form", Title: "格式", Basis: "通知", Outcome: compliance.Met},
		}},
	}
}

const want = `甲市水利局2022年政府信息公开工作年度报告修改意见

报告：b&<1>.html
得分：70分（满分90分，另有10分待核对）

一、需要修改
1. 表三勾稽关系不成立：本年新收加上年结转应等于办理结果总计加结转下年度（表三“一、本年新收政府信息公开申请数量/总计”、表三“二、上年结转政府信息公开申请数量/总计”、表三“（七）总计/总计”等4项）：4 + 1 ≠ 5 + 1。
2. 第六部分（条例）：报告中没有找到。

二、需要核对
1. 上年结转数与上年报告的结转下年度数不一致（表三“二、上年结转政府信息公开申请数量/总计”）：2021: 2 ≠ 2022: 3（对照：甲市水利局2021年报告，a.html）。
2. 按期公布（条例）：没有日期。

三、建议
1. 标题文字重复：2022年年度。
`

func TestText(t *testing.T) {
	var b strings.Builder
	if err := sample().WriteText(&b); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	b.Reset()
	if err := (&notice.Notice{Agency: "甲局", Year: 2022}).WriteText(&b); err != nil || !strings.Contains(b.String(), "没有发现") {
		t.Errorf("%s, %v", b.String(), err)
	}
}

// TestDocx opens the Word file and reads its paragraphs back: those of the text.
func TestDocx(t *testing.T) {
	var b, again bytes.Buffer
	if err := sample().WriteDocx(&b); err != nil {
		t.Fatal(err)
	}
	if err := sample().WriteDocx(&again); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Errorf("the same notice gives other bytes, %v", err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(r)
		for {
			tok, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if s, ok := tok.(xml.StartElement); ok && f.Name == "word/document.xml" && s.Name.Local == "t" {
				var text string
				if err := d.DecodeElement(&text, &s); err != nil {
					t.Fatal(err)
				}
				got = append(got, text)
			}
		}
	}
	if d := cmp.Diff(strings.FieldsFunc(want, func(r rune) bool { return r == '\n' }), got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// TestChinese: messages of findings are said in Chinese, cells by their labels.
func TestChinese(t *testing.T) {
	for in, want := range map[string]string{
		"“收到申请9件” says 9; the table 4 (requests.received.total), or 5 (requests.received.total + requests.carried_over.total)": "“收到申请9件”称9，表格为4 (表三“一、本年新收政府信息公开申请数量/总计”)或5 (表三“一、本年新收政府信息公开申请数量/总计”＋表三“二、上年结转政府信息公开申请数量/总计”)",
		"proactive.rules.issued 419, but departments of local governments can make no 规章":                                      "表二“规章/本年制发件数”419",
		"87 % of the prose (349 of 403 characters) also stands in that of 甲市教育局 2019; the longest passage has 48: “下一步”":       "正文403字中有349字（87%）与甲市教育局2019年报告相同，最长一段48字：“下一步”",
		"review.total 5, was 3; review.upheld 2, was blank":                                                                    "表四“行政复议/总计”5（原为3）; 表四“行政复议/结果维持”2（原为blank）",
		"table 四 was not found": "没有找到表四",
	} {
		n := &notice.Notice{Form: "2021", Findings: []check.Finding{{Finding: normalize.Finding{Rule: "x", Severity: normalize.Error, Message: in}}}}
		var b strings.Builder
		if err := n.WriteText(&b); err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(b.String(), "” ", "”")
		if !strings.Contains(got, "x："+want+"。") {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}
