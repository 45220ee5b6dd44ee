const db = await Rockpool.open({ url: location.origin });
const tasks = db.collection('tasks');
tasks.query({ where: { done: false }, orderBy: 'title' }).subscribe((rows) =>
  list.replaceChildren(
    ...rows.map((t) =>
      Object.assign(document.createElement('li'), {
        textContent: t.title,
        onclick: () => tasks.update(t.id, { done: true }),
      }),
    ),
  ),
);
add.onsubmit = (e) => {
  e.preventDefault();
  tasks.insert({ title: add.what.value, done: false });
  add.reset();
};
