package extract

// Member is one file of an archive. It is a source of its own; the archive's
// Document only lists it.
type Member struct {
	// Name is how the archive calls the file, made fit to be shown. In an archive
	// within an archive it follows that one's name and "!/".
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// MemberPath is the path of a file in an archive.
func MemberPath(archive, name string) string { return archive + "!/" + name }
