const keep = 30_000; // milliseconds that the chart shows
const $ = (id) => document.getElementById(id);
let values = []; // { at, degrees }, the oldest first
let paused = false;
let drawing = false;
let wait = 500; // milliseconds until the next attempt to connect

function connect() {
  const socket = new WebSocket(`ws://${location.host}/ws`);
  socket.onopen = () => {
    wait = 500;
    show("Connected");
  };
  socket.onmessage = (event) => {
    // The board says once where its values come from; then they come:
    // "21437".
    if (event.data.startsWith("thermometer ")) $("source").textContent = "Thermometer – " + event.data.slice(12) + ".";
    else if (/^-?\d+$/.test(event.data)) add(Number(event.data) / 1000);
  };
  socket.onclose = () => {
    show("Not connected, trying again …");
    // Wait longer each time, up to 8 seconds: a board that
    // starts is not kept busy. And a bit at random: the pages
    // of a whole class do not all come at once.
    setTimeout(connect, wait * (0.75 + Math.random() / 2));
    wait = Math.min(2 * wait, 8000);
  };
}

function show(words) {
  $("state").textContent = words;
  document.body.classList.toggle("old", words !== "Connected");
}

function add(degrees) {
  const at = performance.now();
  values.push({ at, degrees });
  while (values[0].at < at - keep) values.shift();
  if (drawing || paused) return;
  drawing = true;
  requestAnimationFrame(draw);
}

function draw() {
  drawing = false;
  if (paused) return;
  const end = values.at(-1).at;
  let min = Infinity;
  let max = -Infinity;
  for (const v of values) {
    min = Math.min(min, v.degrees);
    max = Math.max(max, v.degrees);
  }
  // Whole degrees, at least two of them, around the values.
  const bottom = Math.floor(min - 0.2);
  const top = Math.max(Math.ceil(max + 0.2), bottom + 2);
  let path = "";
  let before = -Infinity;
  for (const v of values) {
    const x = 300 - ((end - v.at) / keep) * 300;
    const y = 100 - ((v.degrees - bottom) / (top - bottom)) * 100;
    // Where nothing came for a second there is a gap.
    path += (v.at - before > 1000 ? "M" : "L") + x.toFixed(1) + " " + y.toFixed(1);
    before = v.at;
  }
  $("line").setAttribute("d", path);
  $("value").textContent = values.at(-1).degrees.toFixed(1);
  $("top").textContent = top + " °C";
  $("bottom").textContent = bottom + " °C";
  $("range").textContent = `Between ${min.toFixed(1)} and ${max.toFixed(1)} °C in the last 30 seconds.`;
}

$("pause").onclick = () => {
  paused = !paused;
  $("pause").textContent = paused ? "Go on" : "Pause";
};

connect();
