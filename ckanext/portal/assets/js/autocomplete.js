/* Suggestions under a search box: the combobox pattern of ARIA 1.2 (list autocomplete, manual selection).
   Without this script the box is a plain form. */
(function () {
  "use strict";

  const WAIT = 180;
  let made = 0;

  document.documentElement.classList.add("js");

  class Combobox {
    constructor(root) {
      this.root = root;
      this.address = root.dataset.portalAutocomplete;
      this.input = root.querySelector("input");
      this.words = JSON.parse(root.dataset.portalWords || "{}");
      this.asked = 0;
      this.active = -1;
      this.suggestions = [];
      this.build();
      this.listen();
    }

    build() {
      const id = "portal-suggestions-" + (made += 1);
      this.list = document.createElement("ul");
      this.list.id = id;
      this.list.className = "portal-suggestions";
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", this.say("suggestions", "Suggestions"));
      this.list.hidden = true;
      this.status = document.createElement("div");
      this.status.className = "visually-hidden";
      this.status.setAttribute("role", "status");
      this.root.append(this.list, this.status);
      const set = { role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": id, "aria-haspopup": "listbox", autocapitalize: "none", spellcheck: "false" };
      Object.entries(set).forEach(([name, value]) => this.input.setAttribute(name, value));
    }

    say(key, fallback) {
      return this.words[key] || fallback;
    }

    listen() {
      this.input.addEventListener("input", () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.ask(), WAIT);
      });
      this.input.addEventListener("keydown", (event) => this.key(event));
      // CKAN's search form sends itself at each change; a choice in the list is no change of the search.
      this.input.addEventListener("change", (event) => event.stopPropagation());
      this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
      this.list.addEventListener("mousedown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => {
        const option = event.target.closest("[role=option]");
        if (option) this.go(Number(option.dataset.number));
      });
    }

    async ask() {
      const typed = this.input.value.trim();
      const number = (this.asked += 1);
      if (typed.length < 2) return this.close();
      try {
        const response = await fetch(this.address + "?q=" + encodeURIComponent(typed), { headers: { Accept: "application/json" } });
        if (!response.ok) return this.close();
        const found = await response.json();
        // An answer to what was typed before is too late.
        if (number === this.asked && document.activeElement === this.input) this.show(found.suggestions);
      } catch (error) {
        this.close();
      }
    }

    show(suggestions) {
      this.suggestions = suggestions;
      this.active = -1;
      this.input.removeAttribute("aria-activedescendant");
      this.list.replaceChildren(...suggestions.map((each, number) => this.option(each, number)));
      const open = suggestions.length > 0;
      this.list.hidden = !open;
      this.input.setAttribute("aria-expanded", String(open));
      const text = suggestions.length === 1 ? this.say("one", "1 suggestion") : this.say("many", "{number} suggestions").replace("{number}", suggestions.length);
      this.status.textContent = open ? text : this.say("none", "No suggestions");
    }

    option(each, number) {
      const option = document.createElement("li");
      option.id = this.list.id + "-" + number;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.number = number;
      const label = document.createElement("span");
      label.className = "label";
      label.textContent = each.label;
      const kind = document.createElement("span");
      kind.className = "kind";
      kind.textContent = this.say(each.kind, each.kind) + (each.detail ? ", " + each.detail : "");
      option.append(label, kind);
      return option;
    }

    key(event) {
      const open = !this.list.hidden;
      const last = this.suggestions.length - 1;
      const moves = { ArrowDown: () => (this.active >= last ? 0 : this.active + 1), ArrowUp: () => (this.active <= 0 ? last : this.active - 1) };
      if (event.key in moves) {
        event.preventDefault();
        if (open) this.move(moves[event.key]());
        else this.ask();
      } else if (event.key === "Escape" && open) {
        event.preventDefault();
        event.stopPropagation();
        this.close();
      } else if (event.key === "Enter" && open && this.active >= 0) {
        event.preventDefault();
        this.go(this.active);
      } else if (event.key === "Tab") {
        this.close();
      }
    }

    move(number) {
      const options = this.list.children;
      if (this.active >= 0) options[this.active].setAttribute("aria-selected", "false");
      this.active = number;
      options[number].setAttribute("aria-selected", "true");
      options[number].scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", options[number].id);
    }

    go(number) {
      window.location.assign(this.suggestions[number].url);
    }

    close() {
      this.asked += 1;
      this.list.hidden = true;
      this.active = -1;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
      this.status.textContent = "";
    }
  }

  function start(within) {
    within.querySelectorAll("[data-portal-autocomplete]:not([data-portal-ready])").forEach((root) => {
      root.dataset.portalReady = "";
      new Combobox(root);
    });
  }

  start(document);

  // Results that htmx brought in are told to those who cannot see them change.
  document.body.addEventListener("htmx:afterSettle", () => {
    start(document);
    const count = document.getElementById("search-count");
    const told = document.getElementById("portal-announce");
    if (count && told) told.textContent = count.textContent.trim();
  });
})();
