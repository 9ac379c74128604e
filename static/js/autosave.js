// A form with data-autosave keeps itself: every 30 s, on leaving a field, and before a link that keeps the form.
(() => {
  "use strict";
  const PERIOD = 30_000;
  const states = new WeakMap();

  const state = (form) => {
    if (!states.has(form)) states.set(form, { dirty: false, stopped: false, edit: 0, running: null });
    return states.get(form);
  };
  const forms = () => document.querySelectorAll("form[data-autosave]");

  function say(form, key, time) {
    const note = document.querySelector("[data-autosave-note]");
    if (!note) return;
    note.textContent = note.dataset[key].replace("{time}", time || "");
    note.classList.toggle("is-failed", key !== "saving" && key !== "saved");
  }

  const clock = () =>
    new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Taipei" }).format(new Date());

  async function send(form) {
    const own = state(form);
    const edit = own.edit;
    say(form, "saving");
    let answer;
    try {
      answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Requested-With": "autosave", Accept: "application/json" },
        redirect: "manual",
      });
    } catch {
      say(form, "failed");
      return false;
    }
    if (answer.ok) {
      await keepVersion(form, answer);
      own.dirty = own.edit !== edit;
      if (!own.dirty) delete form.dataset.dirty;
      say(form, "saved", clock());
      return true;
    }
    own.stopped = answer.status === 409;
    const signedOut = answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
    say(form, answer.status === 409 ? "conflict" : signedOut ? "signedOut" : answer.status === 422 ? "refused" : "failed");
    return false;
  }

  async function keepVersion(form, answer) {
    if (!(answer.headers.get("Content-Type") || "").includes("json")) return;
    const { version } = await answer.json();
    const field = form.elements.namedItem("version");
    if (field && version !== undefined) field.value = version;
  }

  // One save at a time: a second one would carry an old version number.
  function save(form) {
    const own = state(form);
    if (!own.dirty || own.stopped || form.querySelector("[data-composing]")) return Promise.resolve(!own.dirty);
    own.running ||= send(form).finally(() => (own.running = null));
    return own.running;
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.dataset.autosave) {
      const own = state(form);
      own.dirty = true;
      own.edit += 1;
    }
  });
  // Pressing save leaves the field first: saving then would move the button away under the pointer.
  let pressed = null;
  document.addEventListener("pointerdown", ({ target }) => {
    pressed = target.closest?.("button[type=submit]")?.form ?? null;
  });
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.dataset.autosave && form !== pressed && event.target.type !== "file") save(form);
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-keeps-form]");
    const form = forms()[0];
    if (!link || !form || !state(form).dirty || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    await state(form).running;
    if (await save(form)) window.location.assign(link.href);
  });
  // Pressing save while a save is on its way would send the version before it: wait for the answer.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.autosave || !state(form).running) return;
    const { submitter } = event;
    event.preventDefault();
    event.stopImmediatePropagation();
    await state(form).running;
    form.requestSubmit(submitter);
  }, true);
  setInterval(() => forms().forEach(save), PERIOD);
})();
