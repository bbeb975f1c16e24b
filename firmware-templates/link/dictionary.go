package link

// Dictionary comes before every deflate stream of a WRITE: what small web
// pages for boards say again and again, the most usual last (nearest). Both
// ends must have the very same bytes; version 1 of the protocol has these.
const Dictionary = "" +
	"application/json text/javascript image/svg+xml http://www.w3.org/2000/svg https:// viewBox=\"0 0 \" fill=\"none\" stroke-width=\"" +
	"setTimeout(clearInterval(setInterval(requestAnimationFrame(localStorage.getItem(JSON.stringify(JSON.parse(Math.round(Number(parseInt(" +
	"new Date().toLocaleTimeString() encodeURIComponent( fetch(\"/\").then( => r.json()) async await  Promise.all( try { } catch (error) { throw new Error( " +
	"for (let i = 0; i < length; i++) { for (const  of  if ( === ) { } else if ( !== null && undefined || typeof  while (true) break; continue; return false; switch (case default: " +
	"document.createElement(\"div\"); document.querySelectorAll(\".forEach(( appendChild(prepend(remove( insertAdjacentHTML(.dataset..style.display = \"none\";.disabled = true;.value = \"\";.checked.classList.toggle(\"active\"add(\"remove(\"" +
	"@media (max-width: 600px) (prefers-color-scheme: dark) :root { --color: var(-- box-sizing: border-box; position: absolute; relative; top: 0; left: 0; right: bottom: z-index: overflow: hidden; auto; transition: transform: rotate(animation: infinite opacity: 0.5; " +
	"display: inline-block; display: grid; grid-template-columns: repeat(auto-fit, minmax( 1fr); gap: 1rem; display: flex; flex-wrap: wrap; flex-direction: column; align-items: center; justify-content: space-between; " +
	"border: 1px solid #ccc; border-radius: 8px; box-shadow: 0 1px 3px rgba(0, 0, 0, 0.2); background-color: #fff; background: #f0f0f0; color: #333; color: white; width: 100%; height: 100vh; min-height: max-width: 40rem; margin: 0 auto; padding: 0.5em 1em; " +
	"font-size: 1.2em; font-weight: bold; font-family: system-ui, -apple-system, Arial, Helvetica, sans-serif; monospace; line-height: 1.5; text-align: center; text-decoration: none; cursor: pointer; :hover { :disabled :focus-visible {\n}\n" +
	"<table><tr><td></td></tr></table><ul><li></li></ul><form><label for=\"<input type=\"text\" id=\"<input type=\"range\" min=\"0\" max=\"100\" value=\"<input type=\"checkbox\"<textarea <select><option><pre id=\"log\"></pre><span class=\"<img src=\"<a href=\"</a><br>\n<h2></h2>\n<p></p>\n<div class=\"<div id=\"</div>\n" +
	"<button type=\"button\" onclick=\"</button>\n<button id=\"<canvas id=\"</canvas>getContext(\"2d\");" +
	"<!-- -->\n// This /* */\nThe the and for this with that board page message button connected disconnected. WebSocket LED on off Reply for Hello world :) console.log(\"error\");" +
	"function  addEventListener(\"load\", () => {\nwindow.onload = function () {\nconst  = (event) => {\nlet  = null;\nvar  = new WebSocket(\"ws://\" + location.hostname);\n" +
	"const ws = new WebSocket(`ws://${location.host}/ws`);\nws.binaryType = \"arraybuffer\";\nws.onopen = () => {\nws.onclose = () => {\nws.onerror = ws.onmessage = (event) => {\nevent.data;\n});\nws.readyState === WebSocket.OPENws.close();\nws.send(\"LEDon\");\nLEDoff" +
	"document.getElementById(\"status\").textContent = \"document.getElementById('.innerHTML = '.innerText document.querySelector(\"button.addEventListener(\"click\", () => {\n\t\t\n  \n    \n      });\n" +
	"<meta name=\"description\" content=\"<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"style.css\">\n<script src=\"script.js\" defer></script>\n<style>\nbody {\n</style>\n</head>\n<body>\n<main>\n<h1></h1>\n</main>\n<script>\n</script>\n</body>\n</html>\n" +
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title></title>\n<!doctype html>\n<html lang=\"en\">\n  <head>\n    <meta charset=\"utf-8\">\n    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n    <title>"
