/* A button that adds another group or line by copying the last, emptied. Without it the form still has one spare. */
this.ckan.module("council-repeat", function ($) {
  "use strict";
  return {
    options: { more: "", name: "" },
    initialize: function () {
      this.list = this.el.children("[data-repeat-list]");
      if (this.options.more) {
        var button = $('<button type="button" class="btn btn-secondary"></button>').text(this.options.more);
        button.on("click", this.add.bind(this)).appendTo(this.el);
      }
    },
    add: function () {
      var items = this.list.children("[data-repeat-item]");
      var index = items.length;
      var copy = items.last().clone();
      var prefix = this.options.name + "-" + (index - 1) + "-";
      var next = this.options.name + "-" + index + "-";
      copy.find("[name], [id], [for], [aria-describedby]").each(function () {
        ["name", "id", "for", "aria-describedby"].forEach(function (key) {
          var value = this.getAttribute(key);
          if (value) { this.setAttribute(key, value.replace(prefix, next)); }
        }, this);
      });
      copy.find("input, textarea, select").val("").removeAttr("aria-invalid");
      copy.find(".error-block").remove();
      copy.children("legend").text(function (_, text) { return text.replace(/\d+\s*$/, index + 1); });
      this.list.append(copy);
      copy.find("input:not([type=hidden]), select, textarea").first().trigger("focus");
    }
  };
});
