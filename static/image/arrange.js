// Keeps lists of elements in order.

/** Make these the children of a list; what is there already and in its place is not touched, and keeps the focus. */
export function arrange(list, elements) {
  for (const child of [...list.children]) if (!elements.includes(child)) child.remove();
  elements.forEach((one, place) => {
    if (list.children[place] !== one) list.insertBefore(one, list.children[place] ?? null);
  });
}
