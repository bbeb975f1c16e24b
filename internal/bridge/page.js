// Studio adds this script to pages that it fetches from a board. It does three
// things and stays out of the way otherwise:
//  1. A page made for http://board/ says ws://board without a port. Here the
//     board has another port, so such an address is sent to the page's own one.
//  2. Calls to the network that fail are reported with the line that made them.
//  3. What the page prints and what goes wrong in it is reported.
// Everything it needs is taken before the page can change it, nothing it does
// may throw into the page, and whatever it keeps is bounded. It runs in workers
// too, where there is no document, and in frames made of srcdoc.
(function (self) {
	"use strict";
	var boardHosts = "STUDIO HOSTS"; // a list when it is sent
	var cookieMark = "STUDIO COOKIES"; // before the names of the page's cookies; see cookies.go
	var own = "/.studio/";

	var document = self.document, location = self.location, navigator = self.navigator;
	var URLNative = self.URL, ErrorNative = self.Error, RequestNative = self.Request, BlobNative = self.Blob;
	// The address of a worker made of a blob, or of a frame made of srcdoc, names no host: only the origin is known.
	var home = location, isPlain = /^https?:$/.test(location.protocol);
	if (!isPlain) {
		try { home = new URLNative(self.origin); } catch (e) { return; } // it has none of its own, and may ask for nothing here
	}
	var reportTo = home.origin + own + "report";
	var fetchNative = self.fetch && self.fetch.bind(self);
	var beacon = navigator.sendBeacon && navigator.sendBeacon.bind(navigator);
	var later = self.setTimeout.bind(self);
	var stringify = JSON.stringify, now = Date.now, then = Promise.prototype.then;
	var apply = Reflect.apply, construct = Reflect.construct;
	var listen = self.EventTarget.prototype.addEventListener;
	var told = new WeakSet(); // errors and events that were reported where they began
	var made = whereMade();

	// whereMade is the place in a page where this worker was made of a blob, which is in the address of this script; see watchedBlob.
	function whereMade() {
		var m = document ? null : /\/\.studio\/page\.js\?(\d+),(\d+),([^\s():]*)/.exec(new ErrorNative().stack);
		return m && { url: decodeURIComponent(m[3]), line: +m[1], column: +m[2] };
	}

	// pageAddress is the address of the page, also where this is none itself.
	function pageAddress() { return made ? made.url : isPlain || !document ? location.href : document.baseURI; }

	// ---- Reports -----------------------------------------------------------

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
			entries.push(settled(queue.shift()));
		}
		var page = isPlain ? location.pathname : new URLNative(pageAddress()).pathname;
		var body = stringify({ page: page, lost: lost, entries: entries });
		lost = 0;
		if (atOnce && beacon) {
			if (!beacon(reportTo, body)) lost += entries.length;
			if (queue.length) schedule();
			return;
		}
		if (!fetchNative) return;
		sending = true;
		function done() { sending = false; if (queue.length || lost) schedule(); }
		apply(then, fetchNative(reportTo, { method: "POST", body: body, keepalive: true, credentials: "same-origin" }), [done, function () {
			lost += entries.length; // Studio is gone: try again, but not in a hurry
			later(done, 2000);
		}]);
	}

	var library = /\.min\.m?js$|\/(jquery|socket\.io|mqtt|paho|reconnecting-websocket|sockjs|stomp|axios)[^/]*$/i;

	// place finds the line of a stack that is to blame: the first one of this board
	// that is no library's, else the first one that is not this script's.
	function place(stack) {
		var lines = String(stack instanceof ErrorNative ? stack.stack : stack || "").split("\n"), best = { url: "", line: 0, column: 0 }, rank = 0;
		for (var i = 0; i < lines.length && i < 30; i++) {
			var m = /(https?:\/\/[^\s()]+):(\d+):(\d+)/.exec(lines[i]);
			if (!m || m[1].indexOf(own + "page.js") >= 0 || /blob:$/.test(lines[i].slice(0, m.index))) continue;
			var r = m[1].indexOf(home.origin + "/") !== 0 ? 1 : library.test(m[1].split(/[?#]/)[0]) ? 2 : 3;
			if (r > rank) { rank = r; best = { url: m[1], line: +m[2], column: +m[3] }; }
			if (r === 3) break;
		}
		return best;
	}

	// here is a place in the code. It is an error whose stack is put into words only when it is asked for, which takes most of the time.
	function here() { return new ErrorNative(); }

	// report takes a place, or what here gives: then the place is found when the report is sent.
	function report(kind, level, text, at, more) {
		add(Object.assign({ kind: kind, level: level, text: cut(text, MAX_TEXT), url: at }, more));
	}

	// settled gives an entry its place.
	function settled(entry) {
		var at = entry.url instanceof ErrorNative ? place(entry.url) : entry.url;
		if (!at || !at.url) at = made || { url: pageAddress() };
		entry.url = cut(String(at.url), 500);
		entry.line = at.line || 0;
		entry.column = at.column || 0;
		return entry;
	}

	function cut(text, n) { return text.length > n ? text.slice(0, n) + "…" : text; }

	// failed reports a call that came to nothing. status is HTTP's; 0: no answer, or none that a page may see.
	// What happens again and again is counted and told once a second.
	var again = {}, kinds = 0;
	function failed(call, status, why, stack) {
		try {
			var at = place(stack || call.stack), key = [call.api, call.address, status, why, at.line].join(" ");
			if (again[key]) { again[key].n++; return; }
			if (kinds >= 100 || !allowed()) return;
			var reason = cut(String(call.reason || ""), 300);
			var mine = again[key] = { n: 0 };
			kinds++;
			var tell = function (n) {
				report("call", why, call.address, at, { api: call.api, method: call.method || "", status: status, count: n, reason: reason });
			};
			tell(1);
			later(function more() {
				if (!mine.n) { delete again[key]; kinds--; return; }
				tell(mine.n);
				mine.n = 0;
				later(more, 1000);
			}, 1000);
		} catch (e) { /* never into the page */ }
	}

	// tellThrown reports what a call throws, so that the event that follows is not told once more.
	function tellThrown(call, e, why) {
		try {
			if (e && typeof e === "object") told.add(e);
			call.reason = e && e.message;
		} catch (x) { /* never into the page */ }
		failed(call, 0, why);
	}

	// ---- Addresses ---------------------------------------------------------

	function isBoard(host) {
		host = host.toLowerCase();
		return host === home.hostname || boardHosts.indexOf(host) >= 0;
	}

	// ownAddress is address at this origin if it is the board's: without a port, at 80, or at 81,
	// where Arduino's WebSocket libraries listen. What would not work elsewhere is told.
	function ownAddress(call, address) {
		var url;
		try { url = new URLNative(address, document ? document.baseURI : location.href); } catch (e) { return address; } // the browser says so itself
		var socket = url.protocol === "wss:" || url.protocol === "ws:", secure = url.protocol === "wss:" || url.protocol === "https:";
		if (!socket && !secure && url.protocol !== "http:") return address;
		var is81 = url.port === "81" && call.api === "WebSocket";
		// On another device, which is let in over TLS, browsers refuse what has none: ws:// with the page's own host becomes wss://.
		var safe = home.protocol === "https:", plain = safe && !secure && url.port !== "" && url.host === home.host;
		if (!is81 && !plain && url.port !== "" && url.port !== (secure ? "443" : "80") || !isBoard(url.hostname)) return address;
		call.address = url.href;
		if (is81 || (secure && !safe)) failed(call, 0, is81 ? "port" : "secure");
		else if (url.hostname !== home.hostname) failed(call, 0, "fixed");
		return (socket ? "ws" : "http") + (safe ? "s://" : "://") + home.host + url.pathname + url.search + url.hash;
	}

	function absolute(address) {
		try { return new URLNative(address, document ? document.baseURI : location.href).href; } catch (e) { return address; }
	}

	// ---- In Studio's preview -----------------------------------------------

	// A page may take the focus by itself, and with it what is typed into the editor. In the frame of another origin,
	// which is Studio's preview, keys are the page's only after the user has clicked or tabbed into it; those that come
	// before are not shown to the page but handed back, and Studio takes the focus back. The port to Studio is nobody
	// else's. Over it Studio also asks whether the page still answers (ui/src/preview/frame.ts is the other end).
	var atStudio = null; // sends to Studio
	var isEntered = false; // the user has clicked or tabbed into the page

	function getter(type, name) {
		var place = self[type] && self[type].prototype, found = place && Object.getOwnPropertyDescriptor(place, name), get = found && found.get;
		return function (o) { return get ? apply(get, o, []) : undefined; };
	}

	function inPreview() {
		if (!document || self.parent === self || self.parent !== self.top || !self.MessageChannel) return;
		try { if (self.parent.location.href) return; } catch (e) { /* another origin's: Studio's */ }
		var channel = new self.MessageChannel(), port = channel.port1;
		var dataOf = getter("MessageEvent", "data"), isActive = getter("UserActivation", "isActive"), activation = navigator.userActivation;
		var focused = getter("Document", "activeElement"), inner = getter("HTMLIFrameElement", "contentWindow");
		var inside = function (o) { try { return inner(o); } catch (e) { return null; } };
		var fields = ["key", "code", "ctrlKey", "altKey", "metaKey", "shiftKey", "repeat"], field = {};
		for (var i = 0; i < fields.length; i++) field[fields[i]] = getter("KeyboardEvent", fields[i]);
		var hasFocus = self.Document && self.Document.prototype.hasFocus;
		var prevent = self.Event.prototype.preventDefault, stop = self.Event.prototype.stopImmediatePropagation;
		var send = port.postMessage.bind(port), say = self.parent.postMessage.bind(self.parent);
		atStudio = send;

		function swallow(e) {
			if (isEntered || !e.isTrusted) return;
			apply(prevent, e, []);
			apply(stop, e, []);
		}
		function onKey(e) {
			if (!e.isTrusted) return;
			if (isEntered && field.key(e) !== "F6") return;
			var key = {};
			for (var i = 0; i < fields.length; i++) key[fields[i]] = field[fields[i]](e);
			apply(prevent, e, []);
			apply(stop, e, []);
			send(isEntered ? { out: key } : { key: key });
		}
		function onPress(e) {
			if (!e.isTrusted) return;
			isEntered = true;
			send("pressed");
		}
		function onFocus(e) {
			if (e.isTrusted && !isEntered) send("took");
		}
		// The focus may have gone to a frame within the page that is of another origin: there a press is not heard.
		function onBlur(e) {
			if (!e.isTrusted || isEntered) return;
			var to = focused(document), child = to && inside(to);
			try { if (child && child.document) return; } catch (x) { /* it is */ }
			if (child && activation && isActive(activation)) onPress(e); else send("took");
		}
		function watchAll(w) {
			watch(w);
			for (var i = 0; i < w.length; i++) {
				try { if (w[i].document) watchAll(w[i]); } catch (e) { /* of another origin: Studio takes the focus back */ }
			}
		}
		function frames() { watchAll(self); }
		function watch(w) {
			var on = function (type, f) { apply(listen, w, [type, f, true]); };
			on("keydown", onKey);
			on("keypress", swallow);
			on("keyup", swallow);
			on("beforeinput", swallow);
			on("pointerdown", onPress);
			on("mousedown", onPress);
			on("focus", onFocus);
			on("blur", onBlur);
		}
		port.onmessage = function (e) {
			var m = dataOf(e);
			if (m === "enter") isEntered = true;
			else if (m === "leave") isEntered = false;
			else if (m === "ping") {
				send(hasFocus && apply(hasFocus, document, []) ? "here" : "pong");
				frames(); // document.open() forgets who listens
			}
		};
		frames();
		new self.MutationObserver(frames).observe(document, { childList: true, subtree: true });
		apply(listen, document, ["load", frames, true]);
		apply(listen, self, ["pagehide", function () { send("bye"); }, true]);
		say({ studio: "page" }, "*", [channel.port2]);

		var held = { apply: function (target, that, args) { if (isEntered) return apply(target, that, args); } };
		wrap(self, "focus", held);
		wrap(self.HTMLElement && self.HTMLElement.prototype, "focus", held);
		wrap(self.SVGElement && self.SVGElement.prototype, "focus", held);
		dialogs();
	}

	// A dialog of the page's stops all of Studio's tab. A few are what a page may need; what goes on and on is left out.
	var DIALOGS = 5, REST = 10000;
	function dialogs() {
		var shown = 0, last = -REST;
		["alert", "confirm", "prompt", "print"].forEach(function (name) {
			wrap(self, name, {
				apply: function (target, that, args) {
					if (now() - last > REST) shown = 0;
					if (shown >= DIALOGS) {
						if (shown++ === DIALOGS) report("console", "warn", name + "(): the page opened " + DIALOGS + " dialogs one after the other; Studio leaves out the next ones for " + REST / 1000 + " seconds.", here());
						return name === "confirm" ? false : name === "prompt" ? null : undefined;
					}
					shown++;
					atStudio("asking");
					try { return apply(target, that, args); } finally { last = now(); atStudio("asked"); }
				}
			});
		});
	}

	// ---- Cookies -----------------------------------------------------------

	// What a browser keeps for this host is everybody's here: the page sees and sets its own.
	function ownCookies() {
		var place = self.Document && self.Document.prototype, native = place && Object.getOwnPropertyDescriptor(place, "cookie");
		if (!cookieMark || !native || !native.configurable) return;
		Object.defineProperty(place, "cookie", {
			configurable: true, enumerable: true,
			get: function () {
				var all = apply(native.get, this, []).split("; "), mine = [];
				for (var i = 0; i < all.length; i++) if (all[i].indexOf(cookieMark) === 0) mine.push(all[i].slice(cookieMark.length));
				return mine.join("; ");
			},
			set: function (v) {
				apply(native.set, this, [cookieMark + String(v).replace(/^\s+/, "").replace(/;\s*domain\s*=[^;]*/gi, "")]);
			}
		});
		try { delete self.cookieStore; Object.defineProperty(self, "cookieStore", { value: undefined, configurable: true, writable: true }); } catch (e) { /* there is none */ }
	}
	ownCookies();
	inPreview();

	// ---- Calls -------------------------------------------------------------

	// A Proxy around a native function looks and behaves like it in every other way.
	function wrap(object, name, handler) {
		try {
			if (object && typeof object[name] === "function") object[name] = new Proxy(object[name], handler);
		} catch (e) { /* the page does without */ }
	}

	// wrapClass takes over what makes objects of a class. before changes the address; after sees the object.
	function wrapClass(name, before, after) {
		var native = self[name];
		if (typeof native !== "function") return;
		var wrapped = new Proxy(native, {
			construct: function (target, args, newTarget) {
				var call = null, object;
				if (args.length > 0 && typeof args[0] !== "symbol") {
					args = Array.prototype.slice.call(args);
					args[0] = String(args[0]);
					call = { api: name, address: args[0], stack: here() };
					args[0] = before(call, args[0]);
				}
				try {
					object = construct(target, args, newTarget === wrapped ? target : newTarget);
				} catch (e) {
					if (call) { call.address = args[0]; tellThrown(call, e, "invalid"); }
					throw e;
				}
				if (call) {
					call.address = absolute(args[0]);
					try { after(call, object, args); } catch (e) { /* never into the page */ }
				}
				return object;
			}
		});
		self[name] = wrapped;
		Object.defineProperty(native.prototype, "constructor", { value: wrapped, writable: true, configurable: true, enumerable: false });
	}

	function on(object, type, f) {
		apply(listen, object, [type, function (e) { try { f(e); } catch (x) { /* never into the page */ } }]);
	}

	var sockets = new WeakMap();
	wrapClass("WebSocket", ownAddress, function (call, socket, args) {
		var opened = false, over = false;
		sockets.set(socket, call);
		call.longest = 125; // what every board takes
		call.reason = args[1] === undefined ? "" : String(args[1]);
		on(socket, "open", function () { opened = true; });
		on(socket, "error", function () { if (!opened && !over) { over = true; failed(call, 0, "failed"); } });
		on(socket, "close", function (e) {
			over = true;
			if (!opened || !(e.code > 1001 && e.code < 1012) || e.code === 1005 || e.code === 1006) return;
			call.reason = e.reason;
			failed(call, e.code, "closed", call.sent);
		});
		// An address where nobody is lets browsers wait for minutes.
		if (new URLNative(call.address).host !== home.host) later(function () { if (!opened && !over) { over = true; failed(call, 0, "waiting"); } }, 4000);
	});
	wrap(self.WebSocket && self.WebSocket.prototype, "send", {
		apply: function (target, socket, args) {
			var call = sockets.get(socket), data = args[0];
			if (!call) return apply(target, socket, args);
			// The board closes at a message that is too long: it is longer than all before, whose places are not wanted.
			var size = data && (data.length || data.byteLength || data.size);
			if (size > call.longest) { call.longest = size; call.sent = here(); }
			var state = socket.readyState;
			try {
				return apply(target, socket, args);
			} catch (e) {
				if (state === 0) tellThrown({ api: "WebSocket", address: call.address, stack: here() }, e, "early");
				throw e;
			} finally {
				if (state > 1) failed({ api: "WebSocket", address: call.address, stack: here() }, 0, "late");
			}
		}
	});

	wrapClass("EventSource", ownAddress, function (call, source) {
		var opened = false;
		on(source, "open", function () { opened = true; });
		on(source, "error", function () { if (!opened || source.readyState === 2) failed(call, 0, source.readyState === 2 ? "failed" : "again"); });
	});

	wrap(self, "fetch", {
		apply: function (target, that, args) {
			var call = { api: "fetch", method: "GET", stack: here() };
			try {
				var first = args[0], options = args[1];
				var request = RequestNative && first instanceof RequestNative ? first : null;
				if (first !== undefined && typeof first !== "symbol" && (request || typeof first === "string" || first instanceof URLNative)) {
					call.method = String(options && options.method || request && request.method || "GET").toUpperCase();
					var address = request ? request.url : String(first), at = ownAddress(call, address);
					if (at !== address) {
						args = Array.prototype.slice.call(args);
						args[0] = request ? new RequestNative(at, request) : at;
					}
					call.address = absolute(at);
				}
			} catch (e) { /* never into the page */ }
			var answer = apply(target, that, args);
			if (call.address) apply(then, answer, [function (r) {
				if (r.status >= 400) failed(call, r.status, "failed");
			}, function (e) {
				if (!e || e.name === "AbortError" || e.name === "TimeoutError") return;
				tellThrown(call, e, "failed");
			}]);
			return answer;
		}
	});

	var requests = new WeakMap(), X = self.XMLHttpRequest && self.XMLHttpRequest.prototype;
	wrap(X, "open", {
		apply: function (target, request, args) {
			try {
				if (args.length > 1 && typeof args[1] !== "symbol") {
					args = Array.prototype.slice.call(args);
					var call = { api: "XMLHttpRequest", method: String(args[0]).toUpperCase(), stack: here() };
					args[1] = ownAddress(call, String(args[1]));
					call.address = absolute(args[1]);
					if (!requests.has(request)) {
						on(request, "error", function () { failed(requests.get(request), 0, "failed"); });
						on(request, "load", function () { if (request.status >= 400) failed(requests.get(request), request.status, "failed"); });
					}
					requests.set(request, call);
				}
			} catch (e) { /* never into the page */ }
			return apply(target, request, args);
		}
	});
	wrap(X, "send", {
		apply: function (target, request, args) {
			var call = requests.get(request);
			if (call) call.stack = here();
			try {
				return apply(target, request, args);
			} catch (e) {
				if (call && e.name === "NetworkError") tellThrown(call, e, "failed");
				throw e;
			}
		}
	});

	wrap(self.Navigator && self.Navigator.prototype, "sendBeacon", {
		apply: function (target, that, args) {
			try {
				var call = { api: "sendBeacon", method: "POST", stack: here() };
				if (args.length && typeof args[0] !== "symbol") {
					args = Array.prototype.slice.call(args);
					args[0] = ownAddress(call, String(args[0]));
					call.address = absolute(args[0]);
					failed(call, 0, "ask"); // no page sees how it ends; Studio does
				}
			} catch (e) { /* never into the page */ }
			return apply(target, that, args);
		}
	});

	// Elements that a script gives an address: the error event does not say who did.
	var set = new WeakMap();
	["HTMLImageElement", "HTMLScriptElement"].forEach(function (name) {
		try {
			var proto = self[name].prototype, d = Object.getOwnPropertyDescriptor(proto, "src");
			d.set = new Proxy(d.set, {
				apply: function (target, element, args) {
					try {
						if (!set.has(element)) on(element, "error", missing);
						set.set(element, here());
					} catch (e) { /* never into the page */ }
					return apply(target, element, args);
				}
			});
			Object.defineProperty(proto, "src", d);
		} catch (e) { /* there are none in a worker */ }
	});

	// missing reports what an element could not load.
	function missing(e) {
		var t = e.target;
		if (told.has(e)) return;
		told.add(e);
		var call = { api: t.localName, address: String(t.currentSrc || t.src || t.href || t.data || ""), stack: set.get(t) };
		var from = t.sheet && brokenImport(t.sheet, 0);
		if (from) { call.address = from.address; call.stack = from.url + ":0:0"; }
		if (call.address) failed(call, 0, "resource");
	}

	// brokenImport finds the import of a style sheet that did not come: browsers blame the importing one.
	function brokenImport(sheet, depth) {
		try {
			for (var i = 0; i < sheet.cssRules.length && depth < 5; i++) {
				var rule = sheet.cssRules[i], href = rule.href;
				if (href === undefined) continue;
				var inner = rule.styleSheet, found = inner && brokenImport(inner, depth + 1);
				if (found) return found;
				var empty = true;
				try { empty = !inner || inner.cssRules.length === 0; } catch (e) { /* of another origin, and unreadable */ }
				if (empty) return { address: new URLNative(href, sheet.href || document.baseURI).href, url: sheet.href || location.href };
			}
		} catch (e) { /* of another origin: nothing is known */ }
	}

	// ---- Workers and frames that come from no board -------------------------

	// A worker made of a blob begins with this script, as those of files do; see worker.go. One of a data: address has
	// an origin of its own, from which nothing can be reported: that is told, and so are its errors, which the page hears.
	var blobs = new Map(), MAX_BLOBS = 200; // by their addresses, until these are revoked
	var workers = new Set(); // addresses of such workers' scripts: what goes wrong there is told by themselves, or by their listener
	var makeURL = URLNative.createObjectURL && URLNative.createObjectURL.bind(URLNative);
	var revokeURL = URLNative.revokeObjectURL && URLNative.revokeObjectURL.bind(URLNative);
	wrap(URLNative, "createObjectURL", {
		apply: function (target, that, args) {
			var address = apply(target, that, args);
			try {
				if (args[0] instanceof BlobNative && !/^(image|audio|video|font)\//.test(args[0].type)) {
					if (blobs.size >= MAX_BLOBS) blobs.delete(blobs.keys().next().value);
					blobs.set(address, args[0]);
				}
			} catch (e) { /* never into the page */ }
			return address;
		}
	});
	wrap(URLNative, "revokeObjectURL", {
		apply: function (target, that, args) {
			try { blobs.delete(String(args[0])); } catch (e) { /* never into the page */ }
			return apply(target, that, args);
		}
	});

	// watchedBlob is the address of a script that loads this one and goes on as the blob does, in the same lines.
	function watchedBlob(blob, at, isModule) {
		var from = home.origin + own + "page.js?" + at.line + "," + at.column + "," +
			encodeURIComponent(at.url || pageAddress()).replace(/[()]/g, function (c) { return c === "(" ? "%28" : "%29"; });
		var load = stringify(from);
		return makeURL(new BlobNative([isModule ? "import " + load + ";" : "try{importScripts(" + load + ")}catch(e){}", blob], { type: blob.type }));
	}

	["Worker", "SharedWorker"].forEach(function (name) {
		var native = self[name], shared = new Map();
		if (typeof native !== "function" || !makeURL) return;
		var wrapped = new Proxy(native, {
			construct: function (target, args, newTarget) {
				var at = null, address = "", watched = "";
				try {
					if (args.length && typeof args[0] !== "symbol") {
						args = Array.prototype.slice.call(args);
						args[0] = address = String(args[0]);
					}
					if (/^(blob|data):/i.test(address)) {
						at = place(here());
						var blob = blobs.get(address);
						if (name === "SharedWorker") watched = shared.get(address) || ""; // the same address is the same worker
						if (blob && !watched) watched = watchedBlob(blob, at, args[1] && args[1].type === "module");
						if (watched) {
							args[0] = watched;
							if (name === "SharedWorker") shared.set(address, watched);
						} else if (allowed()) {
							report("unwatched", /^d/i.test(address) ? "data" : "blob", "", at);
						}
					}
				} catch (e) { /* never into the page */ }
				if (at) {
					if (workers.size >= MAX_BLOBS) workers.clear();
					workers.add(watched || address);
				}
				try {
					var worker = construct(target, args, newTarget === wrapped ? target : newTarget);
				} finally {
					if (watched && name === "Worker") revokeURL(watched);
				}
				if (at && !watched) on(worker, "error", function (e) {
					if (!told.has(e) && allowed()) report("error", "error", String(e.message || "The worker cannot be loaded.") + lineOf({ url: address, line: e.lineno }), at);
				});
				return worker;
			}
		});
		self[name] = wrapped;
		Object.defineProperty(native.prototype, "constructor", { value: wrapped, writable: true, configurable: true, enumerable: false });
	});

	// withScript is the text of a frame with this script where it stands in pages: before all others, after the doctype.
	var scriptTag = '<script src="' + home.origin + own + 'page.js"></' + "script>";
	function withScript(text) {
		var n = /^(?:\s|<!--[\s\S]*?-->)*(?:<!doctype[^>]*>)?/i.exec(text)[0].length;
		return text.slice(0, n) + scriptTag + text.slice(n);
	}

	// watchFrames gives this script to frames that are made of srcdoc.
	function watchFrames() {
		var native = self.HTMLIFrameElement && Object.getOwnPropertyDescriptor(self.HTMLIFrameElement.prototype, "srcdoc");
		if (!native || !self.MutationObserver) return;
		var has = Element.prototype.hasAttribute, get = Element.prototype.getAttribute, find = Element.prototype.querySelectorAll;
		var frameOf = function (e) {
			if (!apply(has, e, ["srcdoc"])) return;
			var text = apply(native.get, e, []), sandbox = apply(has, e, ["sandbox"]) ? apply(get, e, ["sandbox"]) : "allow-scripts allow-same-origin";
			if (text.indexOf(scriptTag) >= 0 || !/allow-scripts/i.test(sandbox)) return;
			if (/allow-same-origin/i.test(sandbox)) apply(native.set, e, [withScript(text)]);
			else if (!told.has(e) && allowed()) {
				told.add(e);
				report("unwatched", "frame", "", null);
			}
		};
		new self.MutationObserver(function (changes) {
			try {
				for (var i = 0; i < changes.length; i++) {
					var c = changes[i];
					if (c.type === "attributes") { if (c.target.localName === "iframe") frameOf(c.target); continue; }
					for (var k = 0; k < c.addedNodes.length; k++) {
						var n = c.addedNodes[k];
						if (n.nodeType !== 1) continue;
						if (n.localName === "iframe") frameOf(n);
						else if (n.firstElementChild) apply(find, n, ["iframe[srcdoc]"]).forEach(frameOf);
					}
				}
			} catch (e) { /* never into the page */ }
		}).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["srcdoc"] });
	}
	if (document) watchFrames();

	// checkEncoding tells of a page that names an encoding that browsers do not know.
	function checkEncoding() {
		var m = document.querySelector("meta[charset], meta[http-equiv='content-type' i]"), said = m && /^meta$/i.test(m.localName) &&
			(m.getAttribute("charset") || (/charset\s*=\s*["']?([^\s"';]+)/i.exec(m.getAttribute("content") || "") || [])[1]);
		if (!said) return;
		try { new TextDecoder(said.trim()); } catch (e) {
			if (allowed()) report("encoding", "error", said.trim(), null);
		}
	}
	if (document && self.TextDecoder) on(document, "DOMContentLoaded", checkEncoding);

	// ---- What the page prints ----------------------------------------------

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
		if (self.Node && v instanceof Node) return node(v);
		if (self.Event && v instanceof Event) return "[" + v.type + " event]";
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

	var console = self.console;
	if (console) {
		["log", "info", "warn", "error", "debug"].forEach(function (method) {
			wrap(console, method, {
				apply: function (target, that, args) {
					try {
						if (allowed()) report("log", method === "debug" ? "log" : method, line(args), here());
					} catch (e) { /* never into the page */ }
					return apply(target, that, args);
				}
			});
		});
	}

	// ---- What goes wrong in the page ---------------------------------------

	function heard(target, type, f) {
		target.addEventListener(type, function (e) {
			try { if (!told.has(e)) f(e); } catch (x) { /* never into the page */ }
		}, true);
	}

	// Blobs, data: and srcdoc are no files: their lines are told, and the place is where they were made, or the page.
	function isFile(at) { return !at.url || /^https?:/.test(at.url); }
	function lineOf(at) { return isFile(at) || !at.line ? "" : " (line " + at.line + " of a script that is in no file of its own)"; }
	function inFile(at) { return isFile(at) ? at : null; }

	function known(error) { return error && typeof error === "object" && told.has(error); }

	heard(self, "error", function (e) {
		var t = e.target;
		if (t && t !== self && t.nodeType === 1) return missing(e);
		if (known(e.error) || workers.has(e.filename) || !allowed()) return;
		var at = { url: e.filename, line: e.lineno, column: e.colno }, from = place(e.error && e.error.stack);
		// The file that failed may be a library or this script: the stack knows who called it.
		if (from.url.indexOf(home.origin + "/") === 0 && (from.url !== at.url || from.line !== at.line)) at = from;
		report("error", "error", String(e.message || safely(e.error)) + lineOf(at), inFile(at));
	});

	heard(self, "unhandledrejection", function (e) {
		var r = e.reason, isError = r instanceof ErrorNative;
		if (known(r) || !allowed()) return;
		report("rejection", "error", isError ? r.name + ": " + r.message : safely(r), isError ? place(r.stack) : null);
	});

	if (!document) return;
	heard(document, "securitypolicyviolation", function (e) {
		if (String(e.blockedURI).indexOf(own) >= 0 || !allowed()) return; // not about our own reports
		report("policy", "error", e.violatedDirective + " " + (e.blockedURI || ""), { url: e.sourceFile, line: e.lineNumber, column: e.columnNumber });
	});
	// What a person clicked, by its name: never a value, and nothing of pages that ask for a password.
	heard(document, "click", function (e) {
		if (!e.isTrusted || !e.target.closest || document.querySelector("input[type=password]") || !allowed()) return;
		var t = e.target.closest("button, a, label, summary, input, select, textarea, [onclick], [role=button]") || e.target;
		var named = /^(BUTTON|A|LABEL|SUMMARY)$/.test(t.tagName) || t.getAttribute("role") === "button";
		var id = t.id || t.getAttribute("name") || "";
		var name = t.getAttribute("aria-label") || named && t.textContent.trim().replace(/\s+/g, " ") || t.title || id || "";
		report("click", "", t.tagName.toLowerCase() + (name && " " + cut(name, 60)), null, { api: cut(t.id || "", 60), time: now() });
	});
	heard(self, "pagehide", function () {
		for (var i = 0; i < 4 && queue.length; i++) flush(true);
	});
})(self);
