package warc

import (
	"bytes"
	"encoding/binary"
)

// magic is a signature at the start of a file.
type magic struct{ prefix, kind string }

// magics are signatures that are safe to believe whatever the header says.
// Sources: the WHATWG MIME sniffing standard and the specifications of the
// formats.
var magics = []magic{
	{"%PDF-", KindPDF},
	{"\x89PNG\r\n\x1a\n", KindImage},
	{"\xff\xd8\xff", KindImage}, // JPEG
	{"GIF87a", KindImage},
	{"GIF89a", KindImage},
	{"\x00\x00\x01\x00", KindImage}, // icon
	{"\x00\x00\x02\x00", KindImage}, // cursor
	{"II*\x00", KindImage},          // TIFF
	{"MM\x00*", KindImage},
	{"8BPS\x00", KindImage},
	{"\x00\x00\x00\x0cjP  ", KindImage}, // JPEG 2000
	{"ID3\x02", KindAudio},
	{"ID3\x03", KindAudio},
	{"ID3\x04", KindAudio},
	{"OggS\x00", KindAudio},
	{"fLaC\x00", KindAudio},
	{"MThd\x00", KindAudio},
	{"#!AMR", KindAudio},
	{"FLV\x01", KindVideo},
	{"\x1aE\xdf\xa3", KindVideo}, // Matroska
	{"\x00\x00\x01\xba", KindVideo},
	{"\x00\x00\x01\xb3", KindVideo},
	{"0&\xb2u\x8ef\xcf\x11", KindVideo}, // ASF
	{".RMF\x00", KindVideo},
	{"wOFF", KindFont},
	{"wOF2", KindFont},
	{"OTTO\x00", KindFont},
	{"ttcf\x00", KindFont},
	{"true\x00", KindFont},
	{"\x00\x01\x00\x00", KindFont}, // TrueType
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", KindOffice},
	{"{\\rtf", KindOffice},
	{"\x1f\x8b\x08", KindZip},
	{"7z\xbc\xaf\x27\x1c", KindZip},
	{"Rar!\x1a\x07", KindZip},
	{"BZh9", KindZip},
	{"\xfd7zXZ\x00", KindZip},
	{"\x28\xb5\x2f\xfd", KindZip}, // zstd
	{"PK\x05\x06", KindZip},
	{"\x7fELF", KindBinary},
	{"\xca\xfe\xba\xbe", KindBinary},
	{"\x00asm", KindBinary},
	{"SQLite format 3\x00", KindBinary},
	{"ITSF\x03\x00", KindBinary}, // compiled HTML help
}

// kindOfMagic returns the kind that the signature at the start of body stands
// for, or "".
func kindOfMagic(body []byte) string {
	if len(body) < 4 {
		return ""
	}
	for i := range magics {
		if p := magics[i].prefix; body[0] == p[0] && len(body) >= len(p) && string(body[:len(p)]) == p {
			return magics[i].kind
		}
	}
	switch {
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		return kindOfZip(body)
	case bytes.HasPrefix(body, []byte("RIFF")) && len(body) >= 12:
		switch string(body[8:12]) {
		case "WEBP":
			return KindImage
		case "WAVE":
			return KindAudio
		case "AVI ":
			return KindVideo
		}
	case len(body) >= 12 && string(body[4:8]) == "ftyp":
		switch string(body[8:11]) {
		case "avi", "hei", "mif":
			return KindImage // AVIF, HEIC
		case "M4A", "M4B":
			return KindAudio
		}
		return KindVideo
	case len(body) >= 8 && (body[0] == 'F' || body[0] == 'C' || body[0] == 'Z') && body[1] == 'W' && body[2] == 'S' && body[3] > 0 && body[3] < 0x40:
		return KindFlash
	case len(body) >= 14 && body[0] == 'B' && body[1] == 'M' && binary.LittleEndian.Uint32(body[6:]) == 0 && binary.LittleEndian.Uint32(body[10:]) < 2048:
		return KindImage // bitmap
	case len(body) >= 64 && body[0] == 'M' && body[1] == 'Z' && isBinary(body):
		return KindBinary
	case body[0] == 0xff && body[1]&0xe6 == 0xe2 && body[1]&0x18 != 0x08 && body[2]>>4 != 15 && body[2]>>4 != 0 && body[2]>>2&3 != 3 && isBinary(body):
		return KindAudio // frame of MPEG audio, layer III
	case len(body) > 262 && string(body[257:262]) == "ustar":
		return KindZip
	}
	return ""
}

// kindOfZip tells office documents from other zip files by their first names.
func kindOfZip(body []byte) string {
	head := body[:min(len(body), 4<<10)]
	for _, name := range []string{"[Content_Types].xml", "mimetypeapplication/vnd.oasis", "word/", "xl/", "ppt/"} {
		if bytes.Contains(head, []byte(name)) {
			return KindOffice
		}
	}
	return KindZip
}
