/* Buttons that add and remove groups of a repeating field. Without them the form has a spare group, and an emptied
   group is not stored: so removing empties and hides. */
this.ckan.module("council-repeat", function ($) {
  "use strict";
  var FIELDS = "input, textarea, select";
  return {
    options: { more: "", remove: "", name: "" },
    initialize: function () {
      if (!this.options.more) { return; }
      this.list = this.el.children("[data-repeat-list]");
      var items = this.items();
      if (items.length > 1) { this.empty(items.last()).remove(); }
      this.items().each(function (_, item) { this.removable($(item)); }.bind(this));
      this.button = $('<button type="button" class="btn btn-secondary"></button>').text(this.options.more);
      this.button.on("click", this.add.bind(this)).appendTo(this.el);
    },
    items: function () { return this.list.children("[data-repeat-item]"); },
    empty: function (item) {
      var filled = item.find(FIELDS).filter(function () { return this.value; });
      return filled.length ? $() : item;
    },
    removable: function (item) {
      var legend = item.children("legend").text().trim();
      var button = $('<button type="button" class="btn btn-secondary btn-sm" data-repeat-remove></button>');
      button.text(this.options.remove + ": " + legend).on("click", this.remove.bind(this, item)).appendTo(item);
    },
    remove: function (item) {
      item.find(FIELDS).val("");
      item.prop("hidden", true);
      this.button.trigger("focus");
    },
    add: function () {
      var items = this.items();
      var index = items.length;
      var copy = items.last().clone();
      var prefix = this.options.name + "-" + (index - 1) + "-";
      var next = this.options.name + "-" + index + "-";
      copy.prop("hidden", false);
      copy.find("[name], [id], [for], [aria-describedby]").each(function () {
        ["name", "id", "for", "aria-describedby"].forEach(function (key) {
          var value = this.getAttribute(key);
          if (value) { this.setAttribute(key, value.replace(prefix, next)); }
        }, this);
      });
      copy.find(FIELDS).val("").removeAttr("aria-invalid");
      copy.find(".error-block, [data-repeat-remove]").remove();
      copy.children("legend").text(function (_, text) { return text.trim().replace(/\d+$/, index + 1); });
      this.removable(copy);
      this.list.append(copy);
      copy.find("input:not([type=hidden]), select, textarea").first().trigger("focus");
    }
  };
});
