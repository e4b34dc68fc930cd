package pipeline

import "bytes"

func sniff(b []byte) string {
	if bytes.HasPrefix(b, []byte("%PDF-")) {
		return "application/pdf"
	}
	if bytes.Contains(b[:min(len(b), 4096)], []byte("<")) {
		return "text/html"
	}
	return "text/plain"
}
