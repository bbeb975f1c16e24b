// The line to the board. It opens by itself, and opens again when it
// breaks. It waits longer each time, up to 8 seconds: a board that
// starts is not kept busy. And a bit at random: the pages of a whole
// class do not all come at once.
//
//   const board = connect((text) => { ... }); // what the board says
//   board.send("hello");                      // what the page says
//
// A second argument, such as "led?", is said each time it opens.
// An element with id="state" shows whether the line is open.
function connect(hear, first) {
  const state = document.getElementById("state");
  let socket;
  let wait = 500;

  function open() {
    socket = new WebSocket(`ws://${location.host}/ws`);
    socket.onopen = () => {
      wait = 500;
      show("Connected");
      if (first) socket.send(first);
    };
    socket.onmessage = (event) => hear(event.data);
    socket.onclose = () => {
      show("Not connected, trying again …");
      setTimeout(open, wait * (0.75 + Math.random() / 2));
      wait = Math.min(2 * wait, 8000);
    };
  }

  function show(text) {
    if (state) state.textContent = text;
  }

  show("Connecting …");
  open();
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
  };
}
