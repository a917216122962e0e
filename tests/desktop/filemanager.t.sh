#!/bin/bash
# A file manager on a screen in memory: documents are dragged into the inbox with the mouse, and the windows that are
# open show by themselves what becomes of them. Where a case fails, the screen is kept as a picture in the build tree.
. "${FS0711_SRCDIR:-.}/tests/lib.sh" || exit
need Xvfb compare import openbox pcmanfm xdotool

inbox=$mnt/tasks/inbox
tasks=$mnt/engagements/default/tasks
export XDG_RUNTIME_DIR=$dir/run XDG_CONFIG_HOME=$dir/config
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS

# start_screen - an X server on a free display, with a window manager
start_screen()
{
	Xvfb -displayfd 3 -screen 0 1920x1200x24 -nolisten tcp 3>"$dir/display" >"$dir/x.log" 2>&1 &
	eventually '[ -s "$dir/display" ]' || return 1
	DISPLAY=:$(cat "$dir/display")
	export DISPLAY
	openbox >"$dir/openbox.log" 2>&1 &
	eventually 'xdotool search --onlyvisible --class openbox >/dev/null 2>&1 || xdotool get_desktop >/dev/null 2>&1'
}

windows()
{
	xdotool search --onlyvisible --class pcmanfm 2>/dev/null | sort
}

# open_window DIRECTORY COLUMN ROW - show it there; $window is its number
open_window()
{
	windows >"$dir/windows"
	pcmanfm --new-win "$1" >>"$dir/pcmanfm.log" 2>&1 &
	eventually 'windows | comm -13 "$dir/windows" - | grep -q .' || return 1
	window=$(windows | comm -13 "$dir/windows" - | head -n 1)
	xdotool windowsize --sync "$window" 600 360 windowmove "$window" $(($2 * 640)) $(($3 * 400 + 20))
	eventually "still $window"
}

# picture WINDOW FILE - what it shows of the directory: the entries at the left, and how many they are
picture()
{
	import -silent -window "$1" -crop 300x280+0+80 +repage "$2"
}

# still WINDOW - it shows the same for a moment
still()
{
	picture "$1" "$dir/still1.png" && sleep 0.3 && picture "$1" "$dir/still2.png" &&
		compare -metric AE "$dir/still1.png" "$dir/still2.png" null: 2>/dev/null
}

# remember WINDOW NAME, looks WINDOW NAME - does it look as it did when it was remembered?
remember()
{
	eventually "still $1" && picture "$1" "$dir/$2.png"
}

looks()
{
	picture "$1" "$dir/now.png" && compare -metric AE "$dir/$2.png" "$dir/now.png" null: 2>/dev/null
}

# drag FROM TO - take the first entry of a window, and let it go in the other; a drag is one by the pauses of a hand
drag()
{
	local i

	xdotool mousemove --window "$1" 52 95 sleep 0.2 mousedown 1 sleep 0.2
	for i in 1 2 3 4 5 6 7 8; do
		xdotool mousemove_relative 3 2 sleep 0.05
	done
	for i in 1 2 3 4 5 6 7 8; do
		xdotool mousemove --window "$2" $((280 + i * 2)) $((230 + i)) sleep 0.05
	done
	xdotool mouseup 1 sleep 0.1 mousemove 1915 1195
}

# on_screen NAME COMMANDS - as ok; keeps the screen when it fails
on_screen()
{
	local before=$failures picture=$build/tests/desktop/filemanager-$((tests + 1)).png

	ok "$@"
	[ "$failures" != "$before" ] || return 0
	mkdir -p "$build/tests/desktop"
	import -silent -window root "$picture" && echo "# the screen: $picture"
}

mkdir -m 700 "$XDG_RUNTIME_DIR"
mkdir -p "$dir/config/pcmanfm/default" "$dir/papers" "$dir/folders/bundle"
printf '[ui]\nside_pane_mode=hidden;places\nview_mode=icon\nshow_statusbar=1\n' >"$dir/config/pcmanfm/default/pcmanfm.conf"
mount_start || exit
sample "$inbox/first.pdf" first
wait_task first
rm -r "$tasks/first" "$inbox/first.pdf.receipt.json"
put 1 "$mnt/settings/folder_quiet_s"
sample "$dir/papers/offer.pdf"
sample "$dir/folders/bundle/one.pdf" 1
sample "$dir/folders/bundle/two.pdf" 2

ok 'the file manager opens directories of the mount' '
	start_screen &&
	open_window "$dir/papers" 0 0 && papers=$window && open_window "$inbox" 1 0 && drop=$window &&
	open_window "$tasks" 2 0 && list=$window &&
	open_window "$mnt/tasks/in_progress" 0 1 && running=$window &&
	open_window "$mnt/tasks/completed" 1 1 && done=$window &&
	remember $drop inbox && remember $list list && remember $running running && remember $done done'

engines_stop
on_screen 'a document that is dragged into the inbox becomes a task' '
	drag $papers $drop && eventually "[ -e \"\$tasks/offer/task.json\" ]" &&
	same "$(sha_of "$dir/papers/offer.pdf")" "$(sha_of "$tasks/offer/input/offer.pdf")"'
on_screen 'the windows show the task, and that it is worked on' '
	eventually "! looks $list list" && eventually "! looks $running running" && eventually "! looks $drop inbox" &&
	looks $done done'
on_screen 'its directory can be opened' 'open_window "$tasks/offer" 2 1 && task=$window && remember $task task'
engines_go
on_screen 'when it is done, the result appears there by itself' '
	wait_task offer completed && eventually "! looks $task task"'
on_screen 'and its link has moved to the other window' '
	eventually "looks $running running" && eventually "! looks $done done"'
on_screen 'a folder is dragged in too, and is a task with what is in it' '
	open_window "$dir/folders" 0 2 && remember $done done1 && remember $list list1 && drag $window $drop &&
	eventually "[ -e \"\$tasks/bundle/task.json\" ]" && wait_task bundle completed &&
	same "one.pdf two.pdf" "$(find "$tasks/bundle/input" -type f -printf "%f\n" | sort | paste -sd " ")" &&
	eventually "! looks $done done1" && eventually "! looks $list list1"'
on_screen 'what is removed leaves the windows' '
	rm -r "$tasks/bundle" && eventually "looks $done done1" && eventually "looks $list list1"'
on_screen 'browsing made no tasks and left nothing behind' '
	same "inbox offer" "$(ls "$tasks" | paste -sd " ")" && same 0 "$(ls -A "$mnt/tasks/failed" | wc -l)" &&
	same "bundle.receipt.json offer.pdf.receipt.json" "$(ls -A "$inbox" | paste -sd " ")" &&
	same completed "$(cat "$tasks/offer/status")"'
ok 'it can be unmounted while the windows are open' 'mount_stop'
# shellcheck disable=SC2046
kill $(jobs -p) 2>/dev/null
done_testing
