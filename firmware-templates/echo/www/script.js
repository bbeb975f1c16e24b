const state = document.getElementById("state");
const button = document.getElementById("send");
const text = document.getElementById("text");
const log = document.getElementById("log");
let socket;

function connect() {
  socket = new WebSocket(`ws://${location.host}/ws`);
  socket.onopen = () => show("Connected", true);
  socket.onmessage = (event) => add("board", event.data);
  socket.onclose = () => {
    show("Not connected, trying again …", false);
    setTimeout(connect, 1000);
  };
}

function show(words, connected) {
  state.textContent = words;
  button.disabled = !connected;
}

function add(who, words) {
  const line = document.createElement("li");
  line.className = who;
  line.textContent = (who === "me" ? "→ " : "← ") + words;
  log.prepend(line);
  while (log.children.length > 50) log.lastChild.remove();
}

document.getElementById("form").onsubmit = (event) => {
  event.preventDefault();
  socket.send(text.value);
  add("me", text.value);
  text.select();
};

connect();
