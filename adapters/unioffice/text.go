// SPDX-License-Identifier: AGPL-3.0-only

package main

import (
	"strings"

	"github.com/unidoc/unioffice/schema/soo/wml"
)

// paragraph is the text of a paragraph. Insertions that are tracked are lost:
// the library keeps who made them and not what they are.
func paragraph(p *wml.CT_P) string {
	var b strings.Builder
	contents(&b, p.EG_PContent)
	return b.String()
}

func contents(b *strings.Builder, list []*wml.EG_PContent) {
	for _, c := range list {
		parts(b, c.FldSimple, c.Hyperlink, c.EG_ContentRunContent)
	}
}

func parts(b *strings.Builder, fields []*wml.CT_SimpleField, link *wml.CT_Hyperlink, runs []*wml.EG_ContentRunContent) {
	for _, f := range fields {
		contents(b, f.EG_PContent)
	}
	if link != nil {
		parts(b, link.FldSimple, link.Hyperlink, link.EG_ContentRunContent)
	}
	for _, r := range runs {
		run(b, r)
	}
}

func run(b *strings.Builder, c *wml.EG_ContentRunContent) {
	switch {
	case c.CustomXml != nil:
		contents(b, c.CustomXml.EG_PContent)
	case c.SmartTag != nil:
		contents(b, c.SmartTag.EG_PContent)
	case c.Sdt != nil && c.Sdt.SdtContent != nil:
		s := c.Sdt.SdtContent
		parts(b, s.FldSimple, s.Hyperlink, s.EG_ContentRunContent)
	case c.R != nil && !hidden(c.R.RPr):
		for _, x := range c.R.EG_RunInnerContent {
			switch {
			case x.T != nil:
				b.WriteString(x.T.Content)
			case x.Tab != nil:
				b.WriteByte('\t')
			case x.Br != nil, x.Cr != nil:
				b.WriteByte('\n')
			case x.NoBreakHyphen != nil:
				b.WriteByte('-')
			}
		}
	}
}

func hidden(p *wml.CT_RPr) bool {
	if p == nil || p.Vanish == nil {
		return false
	}
	v := p.Vanish.ValAttr
	return v == nil || v.Bool == nil || *v.Bool
}
