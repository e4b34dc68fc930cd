package docx

import "strings"

// Elements that say something here. Those in none of these groups are looked
// through: wrappers of content controls, links, insertions.
const (
	tagDocument = iota + 1
	tagBody
	tagParagraph
	tagTable
	tagAltChunk
	tagAlternate
	tagChoice
	tagFallback
	tagAnnotation
	tagSkip // what is not shown, or no longer, or not here

	// Within paragraphs.
	tagParagraphProps
	tagRun
	tagRunProps
	tagText
	tagTab
	tagBreak
	tagHyphen
	tagSymbol
	tagFieldChar
	tagTextBox
	tagPicture
	tagBinary

	// Properties.
	tagStyle
	tagNumber
	tagLevel
	tagNumberID
	tagNumberText
	tagOutline
	tagDeleted
	tagVanish
	tagStrike
	tagRaise
	tagDropDown
	tagListEntry
	tagResult

	// Tables.
	tagGrid
	tagGridColumn
	tagRow
	tagRowProps
	tagCell
	tagCellProps
	tagBefore
	tagAfter
	tagSpan
	tagVMerge
	tagHMerge
	tagWidth
	tagCellDeleted

	// Other parts.
	tagStyles
	tagStyleName
	tagBasedOn
	tagNumbering
	tagAbstract
	tagList
	tagAbstractID
	tagOverride
	tagStartOverride
	tagStart
	tagFormat
	tagFormatCode
	tagLevelText
	tagLegal
	tagRestart
	tagSuffix
	tagLevelStyle
	tagStyleLink
	tagTitle
)

var word = map[string]int{
	"document": tagDocument, "wordDocument": tagDocument, "body": tagBody, "p": tagParagraph, "tbl": tagTable, "altChunk": tagAltChunk,
	"moveFrom": tagSkip, "delText": tagSkip, "delInstrText": tagSkip, "instrText": tagSkip, "fldData": tagSkip,
	"sdtPr": tagSkip, "sdtEndPr": tagSkip, "sectPr": tagSkip, "hdr": tagSkip, "ftr": tagSkip, "rt": tagSkip, "rubyPr": tagSkip,
	"footnote": tagSkip, "endnote": tagSkip, "comment": tagSkip, "tblPrEx": tagSkip, "docSuppData": tagSkip, "fonts": tagSkip,
	"rPrChange": tagSkip, "pPrChange": tagSkip, "tblPrChange": tagSkip, "trPrChange": tagSkip, "tcPrChange": tagSkip,
	"tblGridChange": tagSkip, "tblPr": tagSkip, "smartTagPr": tagSkip, "customXmlPr": tagSkip, "background": tagSkip,

	"pPr": tagParagraphProps, "r": tagRun, "rPr": tagRunProps, "t": tagText, "tab": tagTab, "ptab": tagTab, "br": tagBreak, "cr": tagBreak,
	"noBreakHyphen": tagHyphen, "sym": tagSymbol, "fldChar": tagFieldChar, "txbxContent": tagTextBox, "binData": tagBinary,

	"pStyle": tagStyle, "numPr": tagNumber, "listPr": tagNumber, "ilvl": tagLevel, "numId": tagNumberID, "ilfo": tagNumberID,
	"outlineLvl": tagOutline, "del": tagDeleted, "vanish": tagVanish, "hidden": tagVanish, "strike": tagStrike, "dstrike": tagStrike,
	"vertAlign": tagRaise, "ddList": tagDropDown, "listEntry": tagListEntry, "result": tagResult,

	"tblGrid": tagGrid, "gridCol": tagGridColumn, "tr": tagRow, "trPr": tagRowProps, "tc": tagCell, "tcPr": tagCellProps,
	"gridBefore": tagBefore, "gridAfter": tagAfter, "gridSpan": tagSpan, "vMerge": tagVMerge, "vmerge": tagVMerge,
	"hMerge": tagHMerge, "hmerge": tagHMerge, "tcW": tagWidth, "cellDel": tagCellDeleted,

	"styles": tagStyles, "style": tagStyle, "name": tagStyleName, "basedOn": tagBasedOn, "numbering": tagNumbering, "lists": tagNumbering,
	"abstractNum": tagAbstract, "listDef": tagAbstract, "num": tagList, "list": tagList, "abstractNumId": tagAbstractID, "ilst": tagAbstractID,
	"lvl": tagLevel, "lvlOverride": tagOverride, "startOverride": tagStartOverride, "start": tagStart, "numFmt": tagFormat, "nfc": tagFormatCode,
	"lvlText": tagLevelText, "isLgl": tagLegal, "lvlRestart": tagRestart, "suff": tagSuffix, "numStyleLink": tagStyleLink,
}

// vocabulary numbers the elements of WordprocessingML in its transitional, its
// strict and its 2003 form, and the few of other languages that stand in it.
func vocabulary(space, local string) int {
	switch {
	case strings.Contains(space, "/wordprocessingml/") && strings.HasSuffix(space, "/main"), strings.HasSuffix(space, "/word/2003/wordml"), strings.HasSuffix(space, "/word/2003/2/wordml"):
		return word[local]
	case strings.Contains(space, "/markup-compatibility/"):
		return map[string]int{"AlternateContent": tagAlternate, "Choice": tagChoice, "Fallback": tagFallback}[local]
	case strings.HasSuffix(space, "/aml/2001/core"):
		return map[string]int{"annotation": tagAnnotation}[local]
	case strings.HasSuffix(space, "/auxHint"):
		return map[string]int{"t": tagNumberText}[local]
	case local == "t" && strings.HasSuffix(space, "/math"):
		return tagText
	case local == "blip", local == "imagedata":
		return tagPicture
	case local == "title" && strings.Contains(space, "purl.org/dc/"), local == "Title" && strings.HasSuffix(space, "office:office"):
		return tagTitle
	}
	return 0
}
