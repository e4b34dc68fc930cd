package normalize

import "nianbao/extract"

// unpacked is the Report of an archive: its files, and what of it was not read.
func unpacked(doc *extract.Document) *Report {
	rep := &Report{Observations: []Observation{}, Findings: []Finding{}, Members: doc.Members}
	for _, w := range doc.Warnings {
		severity := Error
		if w.Code == extract.WarnUnsafeName {
			severity = Advice
		}
		rep.Findings = append(rep.Findings, Finding{Rule: w.Code, Severity: severity, IDs: []string{}, Message: w.Message})
	}
	return rep
}
