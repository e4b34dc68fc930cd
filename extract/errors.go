package extract

import "fmt"

// Refusal says why a file gives no Document. Its code is the finding a reader
// of the file gets (contract: encrypted, unsupported, damaged, too_large, …).
type Refusal struct {
	Code   string // one of the Refused… codes
	Detail string // for people: what is wrong and what can be done
}

// Codes of a Refusal.
const (
	RefusedEmpty       = "empty"
	RefusedEncrypted   = "encrypted"
	RefusedUnsupported = "unsupported"
	RefusedDamaged     = "damaged"
	RefusedTooLarge    = "too_large"
	RefusedScan        = "needs_ocr" // pixels only; reading them needs an OCR engine
	RefusedTooDeep     = "too_deep"  // an archive in too many others
)

func (r *Refusal) Error() string { return fmt.Sprintf("%s: %s", r.Code, r.Detail) }

// WarnUnsafeName is the warning about a file of an archive that a careless program
// would write outside of its folder. Its bytes are read as any other.
const WarnUnsafeName = "unsafe_name"
