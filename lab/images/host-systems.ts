/** A Linux distribution that the image of a host can be made of. */
export interface HostSystem {
  /** Name and version, as people write them. */
  title: string;
  /** Name of the image; the cache tells images apart by it, so none may begin with another and "-". */
  image: string;
  vendor: "debian" | "ubuntu";
  /** The release's name in its archive. */
  suite: string;
  /** Version of its python3, for Flower's wheels. Left out where Flower is too new for it. */
  python?: string;
  /** Whether the image has a Docker engine. Without one it is smaller and made sooner. */
  docker: boolean;
}

/** What every host of the lab is. */
export const debian12: HostSystem = {
  title: "Debian 12",
  image: "host",
  vendor: "debian",
  suite: "bookworm",
  python: "3.11",
  docker: true,
};

/** The other distributions that the installer is tried on; see docs/support.md. */
export const otherSystems: readonly HostSystem[] = [
  {
    title: "Debian 13",
    image: "debian-13-host",
    vendor: "debian",
    suite: "trixie",
    python: "3.13",
    docker: false,
  },
  {
    title: "Ubuntu 22.04",
    image: "ubuntu-22.04-host",
    vendor: "ubuntu",
    suite: "jammy",
    docker: false,
  },
  {
    title: "Ubuntu 24.04",
    image: "ubuntu-24.04-host",
    vendor: "ubuntu",
    suite: "noble",
    python: "3.12",
    docker: false,
  },
  {
    title: "Ubuntu 26.04",
    image: "ubuntu-26.04-host",
    vendor: "ubuntu",
    suite: "resolute",
    python: "3.14",
    docker: false,
  },
];
