const SCREENS = new Map([
  ["", "Overview"],
  ["messages", "Messages"],
  ["messages/new", "New message"],
  ["events", "Events"],
  ["endpoints", "Endpoints"],
  ["endpoints/new", "New endpoint"],
  ["lanes", "Lanes"],
  ["keys", "Keys"],
  ["find", "Search"],
]);

/** What a browser's tab, its history and a screen reader call a screen; a slash at the end of its path means nothing. */
export function titleOf(path: string): string {
  const name = path.replace(/^\/|\/$/g, "");
  const [, id, edit] = /^(?:messages|events|endpoints)\/([^/]+)(\/edit)?$/.exec(name) ?? [];
  return SCREENS.get(name) ?? (id === undefined ? "Not found" : edit ? `Edit ${id}` : id);
}
