"""A container engine for the tests: the one that runs here, else one of their own, started as root under the build directory
and ended by its process id. An image that cannot be pulled is made from Debian's packages."""
import contextlib
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = pathlib.Path(os.environ.get("CONTAINERS_HOME", ROOT / "build" / "containers"))
BASE = os.environ.get("BASE", "debian:bookworm-slim")
SUITE = "bookworm"
START_SECONDS, END_SECONDS, PULL_SECONDS = 60, 30, 120
OLD_IMAGES_MAX = 12


def run(*command, check=True, seconds=120, **options):
    """Runs a program; what it printed is in the result, and in the error when it fails."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", timeout=seconds, check=False, **options)
    if check and done.returncode:
        raise AssertionError(f"{' '.join(map(str, command))}: exit {done.returncode}\n"
                             f"{done.stdout[-20000:]}\n{done.stderr[-20000:]}")
    return done


def wait_for(condition, seconds, what):
    """The first truthy value of condition(), polled."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.2)


def composers():
    """Every way to say compose that this machine has, the old one first."""
    found = []
    if shutil.which("docker-compose"):
        found.append(["docker-compose"])
    if run("docker", "compose", "version", check=False).returncode == 0:
        found.append(["docker", "compose"])
    return found


class Engine:
    """What is said to docker and to compose; `own`: the tests started it."""

    def __init__(self, socket=None):
        self.own = socket is not None
        self.environment = dict(os.environ)
        if socket:
            self.environment["DOCKER_HOST"] = f"unix://{socket}"

    def docker(self, *words, **options):
        return run("docker", *words, env=self.environment, **options)

    def answers(self):
        return self.docker("version", check=False).returncode == 0

    def has_image(self, name):
        return self.docker("image", "inspect", name, check=False).returncode == 0

    def prepare_base(self):
        """BASE by a pull; where nothing can be pulled, made of the packages of the same Debian, kept for the next time."""
        if self.has_image(BASE) or self.docker("pull", "-q", BASE, check=False, seconds=PULL_SECONDS).returncode == 0:
            return
        packed = HOME / f"{SUITE}.tar"
        if not packed.exists():
            make_base(packed)
        self.docker("import", packed, BASE, seconds=180)

    def forget_old_images(self):
        """Builds leave their earlier images, in which the next one finds what did not change; they are not kept for ever."""
        if self.own and len(self.docker("image", "ls", "-qf", "dangling=true").stdout.split()) > OLD_IMAGES_MAX:
            self.docker("image", "prune", "-f")


def make_base(packed):
    """A root file system of the least packages. apt in it is told what apt here is told about how to fetch."""
    with tempfile.TemporaryDirectory(dir=HOME) as scratch:
        root = pathlib.Path(scratch, "root")
        run("debootstrap", "--variant=minbase", SUITE, root, seconds=300)
        shutil.rmtree(root / "var/lib/apt/lists")
        for archive in (root / "var/cache/apt").rglob("*.deb"):
            archive.unlink()
        told = run("apt-config", "dump", "Acquire").stdout
        (root / "etc/apt/apt.conf.d/90acquire").write_text(told, encoding="utf-8")
        run("tar", "-C", root, "-cf", f"{packed}.new", ".", seconds=120)
    os.replace(f"{packed}.new", packed)


# --- an engine of our own --------------------------------------------------------------------------------------------


def fits(directory):
    """Layers and databases do not lie on top of an overlay."""
    return run("stat", "-f", "-c", "%T", directory).stdout.strip() not in ("overlayfs", "fuseblk", "nfs")


def data_root():
    HOME.mkdir(parents=True, exist_ok=True)
    for directory in (HOME, pathlib.Path("/var/tmp"), pathlib.Path("/dev/shm")):
        if directory.is_dir() and fits(directory):
            return directory / ("engine" if directory == HOME else "redress-engine")
    raise AssertionError("no file system here can hold an engine's data")


def start(scratch, data, driver):
    """dockerd, or None with its log printed. No bridge and no rules for the firewall: this machine's network is left as it
    is; networks of compose are bridges of their own, and published ports are served by a process."""
    socket = scratch / "docker.sock"
    log = scratch / f"{driver}.log"
    with open(log, "wb") as out:
        process = subprocess.Popen(["dockerd", f"--data-root={data}", f"--exec-root={scratch}/exec", f"--host=unix://{socket}",
                                    f"--pidfile={scratch}/pid", f"--storage-driver={driver}", "--bridge=none",
                                    "--iptables=false", "--ip6tables=false"], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    engine = Engine(socket)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if engine.answers():
            return process, engine
        time.sleep(0.2)
    stop(process)
    print(f"dockerd with {driver}:\n{log.read_text(errors='replace')[-4000:]}")
    return None


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def unmount(directory):
    """What the engine has mounted there and leaves behind: the host's network namespace, its data upon itself."""
    mounts = [line.split()[1] for line in pathlib.Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    for mount in sorted((one for one in mounts if f"{one}/".startswith(f"{directory}/")), reverse=True):
        run("umount", "--lazy", mount)


@contextlib.contextmanager
def engine():
    """The engine that answers here, or our own for as long as the context lasts."""
    here = Engine()
    if here.answers():
        yield here
        return
    if os.geteuid() != 0:
        raise AssertionError("no container engine answers, and only root can start one")
    data = data_root()
    # Sockets have short paths, so they do not lie under the build directory.
    with open(HOME / "lock", "w", encoding="ascii") as lock, tempfile.TemporaryDirectory(prefix="rd-engine-") as scratch:
        fcntl.flock(lock, fcntl.LOCK_EX)
        started = start(pathlib.Path(scratch), data, "overlay2") or start(pathlib.Path(scratch), data, "vfs")
        if not started:
            raise AssertionError("dockerd does not start")
        process, own = started
        try:
            yield own
        finally:
            stop(process)
            unmount(scratch)
            unmount(data)
