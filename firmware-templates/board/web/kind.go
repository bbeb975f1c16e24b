package web

import "studio/board/chars"

// contentType goes by what follows the last dot of a path. What it gives for
// text says nothing about its charset: see sniff.
func contentType(path []byte) string {
	i := len(path)
	for i > 0 && path[i-1] != '.' && path[i-1] != '/' && len(path)-i < 12 {
		i--
	}
	if i == 0 || path[i-1] != '.' {
		return "application/octet-stream"
	}
	var lower [12]byte
	ext := lower[:copy(lower[:], path[i:])]
	for j, c := range ext {
		if c >= 'A' && c <= 'Z' {
			ext[j] = c + 'a' - 'A'
		}
	}
	switch chars.String(ext) {
	case "html", "htm":
		return "text/html"
	case "css":
		return "text/css"
	case "js", "mjs":
		return "text/javascript"
	case "json", "map", "webmanifest":
		return "application/json"
	case "svg":
		return "image/svg+xml"
	case "png":
		return "image/png"
	case "jpg", "jpeg":
		return "image/jpeg"
	case "gif":
		return "image/gif"
	case "ico":
		return "image/x-icon"
	case "webp":
		return "image/webp"
	case "avif":
		return "image/avif"
	case "txt", "md":
		return "text/plain"
	case "csv":
		return "text/csv"
	case "xml":
		return "application/xml"
	case "pdf":
		return "application/pdf"
	case "gz":
		return "application/gzip"
	case "wasm":
		return "application/wasm"
	case "woff2":
		return "font/woff2"
	case "woff":
		return "font/woff"
	case "ttf":
		return "font/ttf"
	case "mp3":
		return "audio/mpeg"
	case "wav":
		return "audio/wav"
	case "ogg":
		return "audio/ogg"
	case "mp4":
		return "video/mp4"
	case "webm":
		return "video/webm"
	}
	return "application/octet-stream"
}
