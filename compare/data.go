package compare

import "embed"

//go:embed data/*.csv
var data embed.FS
