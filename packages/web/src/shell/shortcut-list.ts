/** What the help shows, apart from what listens to the keys: the first screen does without it. */
export const SHORTCUTS = [
  { keys: ["/"], does: "Look up a message, event, endpoint, sender or target", where: "Everywhere" },
  { keys: ["g", "o"], does: "Go to the overview", where: "Everywhere" },
  { keys: ["g", "m"], does: "Go to the messages", where: "Everywhere" },
  { keys: ["g", "a"], does: "Go to what needs attention", where: "Everywhere" },
  { keys: ["g", "e"], does: "Go to the events", where: "Everywhere" },
  { keys: ["g", "p"], does: "Go to the endpoints", where: "Everywhere" },
  { keys: ["g", "l"], does: "Go to the lanes", where: "Everywhere" },
  { keys: ["g", "k"], does: "Go to the keys", where: "Everywhere" },
  { keys: ["t"], does: "Switch between relative and exact times", where: "Everywhere" },
  { keys: ["?"], does: "Show these shortcuts", where: "Everywhere" },
  { keys: ["j"], does: "Next row", where: "Lists" },
  { keys: ["k"], does: "Previous row", where: "Lists" },
  { keys: ["Enter"], does: "Open the row", where: "Lists" },
  { keys: ["x"], does: "Select the row, with Shift all rows up to it", where: "Lists" },
  { keys: ["Esc"], does: "Select nothing", where: "Lists" },
  { keys: ["r"], does: "Retry what is selected (asks first)", where: "Lists" },
  { keys: ["n"], does: "Load new messages", where: "Lists" },
  { keys: ["]"], does: "Next tab", where: "Lists" },
  { keys: ["["], does: "Previous tab", where: "Lists" },
  { keys: ["r"], does: "Retry or send now (asks first)", where: "A message" },
  { keys: ["x"], does: "Cancel (asks first)", where: "A message" },
  { keys: ["e"], does: "Edit", where: "An endpoint" },
  { keys: ["c"], does: "Copy the id", where: "Every page of one" },
  { keys: ["u"], does: "Back to the list", where: "Every page of one" },
] as const;

export const PLACES = [...new Set(SHORTCUTS.map(({ where }) => where))];
