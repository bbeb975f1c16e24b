package link

// Dictionary comes before every deflate stream of a WRITE: what small web
// pages for boards say again and again, the most usual last (nearest). Both
// ends must have the very same bytes; version 1 of the protocol has these.
const Dictionary = "" +
	"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \" fill=\"none\" stroke-width=\"" +
	"clearInterval(setInterval(requestAnimationFrame(localStorage.getItem(JSON.stringify(JSON.parse(Math.round(Number(parseInt(" +
	"new Date().toLocaleTimeString() encodeURIComponent( fetch(\"/\").then( => r.json()) async await try { } catch (error) { throw new Error( " +
	"for (let i = 0; i < length; i++) { for (const  of  if ( === ) { } else if ( !== null && undefined || typeof  break; continue; return false; switch (case default: " +
	"document.querySelectorAll(\".forEach(( appendChild(insertAdjacentHTML(.dataset..style.display = \"none\";.checked.classList.toggle(\"active\"add(\"remove(\"" +
	"@media (max-width: 600px) (prefers-color-scheme: dark) position: absolute; relative; top: 0; left: 0; right: bottom: z-index: overflow: hidden; auto; transition: transform: rotate(animation: infinite opacity: 0.5; " +
	"display: inline-block; display: grid; grid-template-columns: repeat(auto-fit, minmax( 1fr); gap: 1rem; flex-direction: column; align-items: center; justify-content: space-between; " +
	"border-radius: 8px; box-shadow: 0 1px 3px rgba(0, 0, 0, 0.2); background-color: #fff; background: #f0f0f0; color: #333; color: white; width: 100%; height: 100vh; " +
	"font-size: 1.2em; font-weight: bold; font-family: Arial, Helvetica, sans-serif; monospace; line-height: text-align: center; text-decoration: none; color: inherit;\n  :hover { " +
	"ol { list-style: none; margin: 1.5rem 0 0; padding: 0; text-align: left; border-top: 1px solid #state { margin: 0 0 1.5rem; " +
	".row { display: flex; flex-wrap: wrap; gap: .75rem; margin-bottom: .75rem }\ninput { flex: 1; min-width: 0 }\nbutton {\n  font: inherit; padding: .7rem 1rem; border: 1px solid var(--edge); border-radius: .6rem; background: var(--card); color: var(--quiet) }\n" +
	"cursor: pointer }\nbutton:hover button:disabled { opacity: .5; cursor: default }\n:focus-visible { outline: 3px solid outline-offset: 2px }\n" +
	"* { box-sizing: border-box }\nbody {\n  margin: 0;\n  padding: 1.5rem;\n  background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;\n}\nmain { max-width: 30rem; margin: 0 auto }\nh1 { margin: 0; font-size: 1.4rem }\n" +
	":root {\n  color-scheme: light dark;\n  --ground: light-dark(#ffffff, #1--card: light-dark(#--ink: light-dark(#--quiet: light-dark(#--edge: light-dark(#--accent: light-dark(#0" +
	"<table><tr><td></td></tr></table><ul><li></li></ul><select><option><pre id=\"log\"></pre><span class=\"<img src=\"<a href=\"</a><br>\n<input type=\"range\" min=\"0\" max=\"100\" value=\"<input type=\"checkbox\" type=\"button\" onclick=\"<canvas id=\"getContext(\"2d\");" +
	"    <form id=\"form\">\n      <label for=\"text\"></label>\n      <div class=\"row\">\n        <input type=\"text\" id=\"text\" value=\"Hello world :)\">\n        <button id=\"send\" disabled></button>\n      </div>\n    </form>\n    <ol id=\"log\" aria-label=\"Messages\"></ol>\n    <p id=\"state\" role=\"status\">Connecting …</p>\n" +
	"<!-- -->\n// This /* */\nThe the and for this with that board page message WebSocket LED Reply for console.log(\"error\");\nfunction addEventListener(\"load\", () => {\nwindow.onload = var  = new WebSocket(\"ws://\" + location.hostname);\nreadyState === WebSocket.OPENws.close();\nws.send(\"LEDon\");\nLEDoff" +
	"  const line = document.createElement(\"li\");\n  line.textContent = log.prepend(line);\n  while (log.children.length > lastChild.remove();\n}\n\n" +
	".onclick = () => .onsubmit = (event) => {\n  event.preventDefault();\n  socket.send(.value);\n};\n\n" +
	"function send(text) {\n  function show(text, connected) {\n  .textContent = .disabled = !connected;\n}\n\n" +
	"let socket;\n\nfunction connect() {\n  socket = new WebSocket(`ws://${location.host}/ws`);\n  socket.onopen = () => show(\"Connected\", true);\n  socket.onmessage = (event) => event.data);\n  socket.onclose = () => {\n    show(\"Not connected, trying again …\", false);\n    setTimeout(connect, 1000);\n  };\n" +
	"document.querySelector(\"button.addEventListener(\"click\", () => {\n    .innerHTML = \"const state = document.getElementById(\"" +
	"<meta name=\"description\" content=\"<link rel=\"icon\" href=\"data:,\">\n<style>\n</style>\n<h2></h2>\n<p></p>\n</div>\n<script>\n  </main>\n</script>\n</body>\n</html>\n" +
	"<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\" /><title></title></head><body>" +
	"<!doctype html>\n<html lang=\"en\">\n<head>\n  <meta charset=\"utf-8\">\n  <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n  <title></title>\n  <link rel=\"stylesheet\" href=\"style.css\">\n  <script src=\"script.js\" defer></script>\n</head>\n<body>\n  <main>\n    <h1>"
