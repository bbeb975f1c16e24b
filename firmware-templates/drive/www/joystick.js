const $ = (id) => document.getElementById(id);
const base = $("base");
let socket;
let wait = 500; // milliseconds until the next attempt to connect
let me = 0; // our number on the board
let driver = 0; // who drives; 0: nobody
let x = 0; // where the knob is, from -1 to 1
let y = 0;
let beat; // the timer while it is held
const keys = new Set(); // the arrow keys that are down

function connect() {
  socket = new WebSocket(`ws://${location.host}/ws`);
  socket.onopen = () => {
    wait = 500;
  };
  socket.onmessage = (event) => {
    const [word, number] = event.data.split(" ");
    if (word === "you") me = Number(number);
    if (word === "driver") driver = Number(number);
    show();
  };
  socket.onclose = () => {
    me = driver = 0;
    letGo();
    show();
    // Wait longer each time, up to 8 seconds: a board that
    // starts is not kept busy. And a bit at random: the pages
    // of a whole class do not all come at once.
    setTimeout(connect, wait * (0.75 + Math.random() / 2));
    wait = Math.min(2 * wait, 8000);
  };
}

const connected = () => socket.readyState === WebSocket.OPEN;

function show() {
  let words = "Not connected, trying again …";
  if (connected()) {
    if (driver === 0) words = "Ready";
    else if (driver === me) words = "You drive";
    else words = "Somebody else drives";
  }
  if ($("state").textContent !== words) $("state").textContent = words;
  base.classList.toggle("off", !connected() || (driver !== 0 && driver !== me));
}

// The motors' speeds: forward for both, more outside in a curve.
function speeds() {
  const limit = (v) => Math.round(100 * Math.max(-1, Math.min(1, v)));
  return [limit(y + x), limit(y - x)];
}

// The board stops its motors when it hears nothing for a quarter of a
// second, so we say it ten times a second, whether it has changed or
// not.
function say() {
  // What waits would arrive too late: leave this one out.
  if (connected() && socket.bufferedAmount === 0) socket.send("drive " + speeds().join(" "));
}

function move(toX, toY) {
  const far = Math.max(1, Math.hypot(toX, toY));
  x = toX / far;
  y = toY / far;
  $("knob").style.transform = `translate(${x * 110}%, ${-y * 110}%)`;
  [$("left").textContent, $("right").textContent] = speeds();
  if (beat || !connected()) return;
  say();
  beat = setInterval(say, 100);
}

function letGo() {
  clearInterval(beat);
  keys.clear();
  const drove = beat !== undefined;
  beat = undefined;
  x = y = 0;
  $("knob").style.transform = "";
  $("left").textContent = $("right").textContent = "0";
  if (drove && connected()) socket.send("drive 0 0");
}

base.onpointerdown = (event) => {
  if (!connected()) return;
  base.setPointerCapture(event.pointerId);
  drag(event);
};
base.onpointermove = (event) => {
  if (base.hasPointerCapture(event.pointerId)) drag(event);
};
base.onlostpointercapture = letGo;

function drag(event) {
  const box = base.getBoundingClientRect();
  const half = box.width / 2;
  move((event.clientX - box.left - half) / half, (box.top + half - event.clientY) / half);
}

document.onkeydown = (event) => {
  if (!event.key.startsWith("Arrow") || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  if (event.repeat || !connected()) return;
  keys.add(event.key);
  steer();
};
document.onkeyup = (event) => {
  if (!keys.delete(event.key)) return;
  if (keys.size === 0) letGo();
  else steer();
};

function steer() {
  const on = (key) => (keys.has(key) ? 1 : 0);
  move(0.6 * (on("ArrowRight") - on("ArrowLeft")), on("ArrowUp") - on("ArrowDown"));
}

// Nobody looks at the page any more: stop.
window.onblur = window.onpagehide = letGo;
document.onvisibilitychange = () => document.hidden && letGo();

connect();
