// Finding a seat by name, in either script, by title or by group.

const find = document.getElementById("find");
const seats = [...document.querySelectorAll(".seats .seat")];
const groups = [...document.querySelectorAll(".seat-group")];
const nobody = document.getElementById("nobody");

find.addEventListener("input", () => {
  const wanted = find.value.trim().toLowerCase().split(/\s+/);
  for (const seat of seats) {
    const text = seat.dataset.find.toLowerCase();
    seat.hidden = !wanted.every((word) => text.includes(word));
  }
  for (const group of groups) group.hidden = !group.querySelector(".seat:not([hidden])");
  nobody.hidden = groups.some((group) => !group.hidden);
});
find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
