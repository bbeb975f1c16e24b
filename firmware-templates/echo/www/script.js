const state = document.getElementById("state");
const button = document.getElementById("send");
const text = document.getElementById("text");
const log = document.getElementById("log");
let socket;
let wait = 500; // milliseconds until the next attempt to connect

function connect() {
  socket = new WebSocket(`ws://${location.host}/ws`);
  socket.onopen = () => {
    wait = 500;
    show("Connected", true);
  };
  socket.onmessage = (event) => add("board", event.data);
  socket.onclose = () => {
    show("Not connected, trying again …", false);
    // Wait longer each time, up to 8 seconds: a board that
    // starts is not kept busy. And a bit at random: the pages
    // of a whole class do not all come at once.
    setTimeout(connect, wait * (0.75 + Math.random() / 2));
    wait = Math.min(2 * wait, 8000);
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
