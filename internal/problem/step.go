package problem

// Step is what the user does next. Page and command line say it in their own words (next.STEP in the words file), and
// the page may offer it as a button. A problem whose help says more than its step has its own sentence.
type Step string

const (
	None         Step = "none"          // nothing is left to do
	Retry        Step = "retry"         // the same again
	Wait         Step = "wait"          // the same, a moment later
	Run          Step = "run"           // build the program and write it to the board
	Reset        Step = "reset"         // start the program on the board
	Stop         Step = "stop"          // stop the program on the board
	Connect      Step = "connect"       // connect the message console
	FixProgram   Step = "fix-program"   // change main.go, then Run
	OpenProblems Step = "open-problems" // see what the compiler says, then change the program
	ChangeFiles  Step = "change-files"  // make files of the project smaller or fewer, or call them otherwise
	KeepOrTake   Step = "keep-or-take"  // choose between two versions of a file
	Save         Step = "save"          // save the file again
	PickName     Step = "pick-name"     // another name
	PickFile     Step = "pick-file"     // another file
	BuildAgain   Step = "build-again"   // the file is no good; or another one
	GetAgain     Step = "get-again"     // the program's file, which is damaged
	PickProject  Step = "pick-project"  // another project or folder
	PickVersion  Step = "pick-version"  // another one of the kept versions
	OpenProject  Step = "open-project"  // open or make one
	ChooseBoard  Step = "choose-board"  // say which board it is
	ChoosePort   Step = "choose-port"   // say where the board is
	PlugIn       Step = "plug-in"       // plug the board in
	Replug       Step = "replug"        // unplug the board and plug it in again
	ChangeCable  Step = "change-cable"  // another cable or socket
	HoldBoot     Step = "hold-boot"     // the boot button of the board, while it is plugged in or reset
	HoldBootSel  Step = "hold-bootsel"  // the same, of boards that become a drive then
	PressReset   Step = "press-reset"   // the reset button of the board
	MountDrive   Step = "mount-drive"   // of a board that waits as one
	OtherBoard   Step = "other-board"   // this one cannot do it, or is worn out
	OtherWay     Step = "other-way"     // this way cannot do it, another one can
	FreeBoard    Step = "free-board"    // remove files from the board
	FreeDisk     Step = "free-disk"     // make room on a disk, or let it be written
	Allow        Step = "allow"         // give yourself the right
	CloseOther   Step = "close-other"   // end what uses it
	GoOnline     Step = "go-online"     // connect this computer to the internet
	CheckAddress Step = "check-address" // of something on the network
	InstallGo    Step = "install-go"
	InstallTool  Step = "install-tool" // TinyGo
	Correct      Step = "correct"      // write it differently
	ReadUsage    Step = "read-usage"   // of the command
	OpenStudio   Step = "open-studio"  // come in by an address that Studio prints
	StartStudio  Step = "start-studio" // it is not running
	Reload       Step = "reload"       // the page
	Restart      Step = "restart"      // Studio
	Update       Step = "update"       // Studio, or the program that asked
)
