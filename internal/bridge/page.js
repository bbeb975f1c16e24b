// Studio adds this script to pages that it fetches from a board. It does two
// things and stays out of the way otherwise:
//  1. A page made for http://board/ says ws://board without a port. Here the
//     board has another port, so such an address is sent to the page's own one.
//  2. What the page prints and what goes wrong in it is reported to Studio.
// Everything it needs is taken before the page can change it, nothing it does
// may throw into the page, and whatever it keeps is bounded.
(function () {
	"use strict";
	var boardHosts = /*HOSTS*/[]/*END*/;
	var reportTo = "/.studio/report";

	var Native = window.WebSocket, URLNative = window.URL, ErrorNative = window.Error;
	var fetchNative = window.fetch && window.fetch.bind(window);
	var beacon = navigator.sendBeacon && navigator.sendBeacon.bind(navigator);
	var later = window.setTimeout.bind(window);
	var stringify = JSON.stringify, now = Date.now;
	var apply = Reflect.apply, construct = Reflect.construct;

	// ---- 1. WebSocket addresses -------------------------------------------

	function isBoard(host) {
		host = host.toLowerCase();
		return host === location.hostname || boardHosts.indexOf(host) >= 0;
	}

	function ownAddress(address) {
		try {
			var url = new URLNative(address, location.href);
			var secure = url.protocol === "wss:" || url.protocol === "https:";
			var plain = url.protocol === "ws:" || url.protocol === "http:";
			var port = url.port === "" || url.port === (secure ? "443" : "80");
			if ((plain || secure) && port && isBoard(url.hostname)) {
				return "ws://" + location.host + url.pathname + url.search + url.hash;
			}
		} catch (e) { /* not an address: the browser says so itself */ }
		return address;
	}

	if (Native && window.Proxy) {
		var Bridged = new Proxy(Native, {
			construct: function (target, args, newTarget) {
				if (args.length > 0 && typeof args[0] !== "symbol") {
					args = Array.prototype.slice.call(args);
					args[0] = ownAddress(String(args[0]));
				}
				return construct(target, args, newTarget === Bridged ? target : newTarget);
			}
		});
		Object.defineProperty(Native.prototype, "constructor", { value: Bridged, writable: true, configurable: true, enumerable: false });
		Object.defineProperty(window, "WebSocket", { value: Bridged, writable: true, configurable: true, enumerable: false });
	}

	// ---- 2. Reports --------------------------------------------------------

	var PER_SECOND = 100, BURST = 300; // lines
	var MAX_TEXT = 2000;               // characters of a line
	var MAX_BATCH = 100;               // lines of a report
	var MAX_BYTES = 30000;             // of a report; browsers allow 64 KB under way
	var queue = [], lost = 0, tokens = BURST, filled = now();
	var scheduled = false, sending = false, flushed = now();

	function allowed() {
		var t = now();
		tokens = Math.min(BURST, tokens + Math.max(0, t - filled) * PER_SECOND / 1000);
		filled = t;
		if (tokens < 1 || queue.length >= BURST) { lost++; schedule(); return false; }
		tokens--;
		return true;
	}

	function add(entry) {
		queue.push(entry);
		// A page that is stuck in a loop lets no timer run: then a beacon goes at once.
		if (queue.length >= MAX_BATCH || now() - flushed > 400) flush(true); else schedule();
	}

	function schedule() {
		if (scheduled || sending) return;
		scheduled = true;
		later(function () { scheduled = false; flush(false); }, 40);
	}

	function flush(atOnce) {
		if (sending && !atOnce || queue.length === 0 && lost === 0) return;
		flushed = now();
		var entries = [], size = 0;
		while (queue.length && entries.length < MAX_BATCH) {
			size += 200 + 3 * queue[0].text.length;
			if (entries.length && size > MAX_BYTES) break;
			entries.push(queue.shift());
		}
		var body = stringify({ page: location.pathname, lost: lost, entries: entries });
		lost = 0;
		if (atOnce && beacon) {
			if (!beacon(reportTo, body)) lost += entries.length;
			if (queue.length) schedule();
			return;
		}
		if (!fetchNative) return;
		sending = true;
		function done() { sending = false; if (queue.length || lost) schedule(); }
		fetchNative(reportTo, { method: "POST", body: body, keepalive: true, credentials: "same-origin" }).then(done, function () {
			lost += entries.length; // Studio is gone: try again, but not in a hurry
			later(done, 2000);
		});
	}

	// place finds the first line of a stack that is the page's own.
	function place(stack) {
		var lines = String(stack || "").split("\n");
		for (var i = 0; i < lines.length && i < 30; i++) {
			var m = /(https?:\/\/[^\s()]+):(\d+):(\d+)/.exec(lines[i]);
			if (m && m[1].indexOf("/.studio/page.js") < 0) return { url: m[1], line: +m[2], column: +m[3] };
		}
		return { url: "", line: 0, column: 0 };
	}

	function report(kind, level, text, at) {
		at = at || {};
		add({
			kind: kind, level: level, text: cut(text, MAX_TEXT), url: cut(String(at.url || location.href), 500),
			line: at.line || 0, column: at.column || 0, time: now()
		});
	}

	function cut(text, n) { return text.length > n ? text.slice(0, n) + "…" : text; }

	// show writes a value as a person would want to read it, never calling a getter.
	function show(v, depth, seen) {
		switch (typeof v) {
			case "string": return depth ? stringify(cut(v, 500)) : v;
			case "function": return "function " + (ownName(v) || "(anonymous)");
			case "bigint": return v + "n";
			case "symbol": return v.toString();
			case "object": break;
			default: return Object.is(v, -0) ? "-0" : String(v);
		}
		if (v === null) return "null";
		if (v instanceof ErrorNative) return depth ? v.name + ": " + v.message : String(v.stack || v.name + ": " + v.message);
		if (window.Node && v instanceof Node) return node(v);
		if (window.Event && v instanceof Event) return "[" + v.type + " event]";
		if (v instanceof Date) return isNaN(v) ? "Invalid Date" : v.toISOString();
		if (v instanceof RegExp) return String(v);
		if (seen.indexOf(v) >= 0) return "(circular)";
		var name = v.constructor && v.constructor.name || "";
		if (depth > 3) return Array.isArray(v) ? "[…]" : "{…}";
		seen = seen.concat([v]);
		var parts = [], more = false, length = 0;
		function part(text) {
			if (parts.length >= 50 || length > MAX_TEXT) { more = true; return false; }
			parts.push(text); length += text.length;
			return true;
		}
		if (v instanceof Map) {
			v.forEach(function (value, key) { if (!more) part(show(key, depth + 1, seen) + " => " + show(value, depth + 1, seen)); });
		} else if (v instanceof Set) {
			v.forEach(function (value) { if (!more) part(show(value, depth + 1, seen)); });
		} else if (Array.isArray(v) || ArrayBuffer.isView(v) && v.length !== undefined) {
			for (var i = 0; i < v.length && part(show(v[i], depth + 1, seen)); i++) { /* part does it */ }
			return (Array.isArray(v) ? "" : name + " ") + "[" + parts.join(", ") + (more ? ", …" : "") + "]";
		} else {
			var keys = Object.keys(v);
			for (var k = 0; k < keys.length; k++) {
				var d = Object.getOwnPropertyDescriptor(v, keys[k]);
				if (!part(keys[k] + ": " + (d && "value" in d ? show(d.value, depth + 1, seen) : "(getter)"))) break;
			}
		}
		return (name && name !== "Object" ? name + " " : "") + "{" + parts.join(", ") + (more ? ", …" : "") + "}";
	}

	function ownName(f) {
		var d = Object.getOwnPropertyDescriptor(f, "name");
		return d && typeof d.value === "string" ? d.value : "";
	}

	function node(n) {
		if (n.nodeType !== 1) return n.nodeName;
		return "<" + n.nodeName.toLowerCase() + (n.id ? "#" + n.id : "") + (typeof n.className === "string" && n.className ? "." + n.className.trim().split(/\s+/).join(".") : "") + ">";
	}

	function safely(v) {
		try { return show(v, 0, []); } catch (e) { return "(a value that cannot be shown)"; }
	}

	// line joins the arguments of a console call; %s and its like as browsers do.
	function line(args) {
		var parts = [], i = 0, length = 0;
		if (typeof args[0] === "string" && args[0].indexOf("%") >= 0 && args.length > 1) {
			i = 1;
			parts.push(cut(args[0], MAX_TEXT).replace(/%([sdifoOc%])/g, function (all, c) {
				if (c === "%") return "%";
				if (i >= args.length) return all;
				var v = args[i++];
				try {
					switch (c) {
						case "c": return "";
						case "d": case "i": return typeof v === "symbol" ? "NaN" : String(parseInt(v, 10));
						case "f": return typeof v === "symbol" ? "NaN" : String(parseFloat(v));
					}
				} catch (e) { return "NaN"; }
				return safely(v);
			}));
		}
		for (; i < args.length && length <= MAX_TEXT; i++) {
			var text = safely(args[i]);
			length += text.length;
			parts.push(text);
		}
		return parts.join(" ");
	}

	var console = window.console;
	if (console) {
		["log", "info", "warn", "error", "debug"].forEach(function (method) {
			var original = console[method];
			if (typeof original !== "function") return;
			var wrapped = {
				[method]: function () {
					try {
						if (allowed()) report("log", method === "debug" ? "log" : method, line(arguments), place(new ErrorNative().stack));
					} catch (e) { /* never into the page */ }
					return apply(original, console, arguments);
				}
			};
			console[method] = wrapped[method];
		});
	}

	window.addEventListener("error", function (e) {
		try {
			if (!allowed()) return;
			var t = e.target;
			if (t && t !== window && t.nodeType === 1) {
				report("resource", "error", String(t.currentSrc || t.src || t.href || t.data || t.nodeName), null);
				return;
			}
			report("error", "error", String(e.message || safely(e.error)), { url: e.filename, line: e.lineno, column: e.colno });
		} catch (x) { /* never into the page */ }
	}, true);

	window.addEventListener("unhandledrejection", function (e) {
		try {
			if (!allowed()) return;
			var r = e.reason, isError = r instanceof ErrorNative;
			report("rejection", "error", isError ? r.name + ": " + r.message : safely(r), isError ? place(r.stack) : null);
		} catch (x) { /* never into the page */ }
	});

	document.addEventListener("securitypolicyviolation", function (e) {
		try {
			if (String(e.blockedURI).indexOf("/.studio/") >= 0 || !allowed()) return; // not about our own reports
			report("policy", "error", e.violatedDirective + " " + (e.blockedURI || ""), { url: e.sourceFile, line: e.lineNumber, column: e.columnNumber });
		} catch (x) { /* never into the page */ }
	});

	window.addEventListener("pagehide", function () {
		try { for (var i = 0; i < 4 && queue.length; i++) flush(true); } catch (x) { /* never into the page */ }
	});
})();
