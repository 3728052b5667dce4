"""What an API serves that keeps the platform's contract (docs/platform.md).

A FastAPI app with prometheus-fastapi-instrumentator as it comes, asked some things in this process.
Prints the scrape: test/fixtures/scrapes/README.md.
"""

from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient
from prometheus_fastapi_instrumentator import Instrumentator

app = FastAPI()


@app.get("/jobs/{job}")
def read_job(job: int) -> dict[str, int]:
    if job == 0:
        raise RuntimeError("the database does not answer")
    if job > 2:
        raise HTTPException(status_code=404)
    return {"job": job}


Instrumentator().instrument(app).expose(app)
client = TestClient(app, raise_server_exceptions=False)
for number in (1, 2, 3, 0):
    client.get(f"/jobs/{number}")
print(client.get("/metrics").text, end="")
