#!/bin/bash
# Runs as root when the notebook instance is created. It has five minutes, so it only lays out the files of the
# deployment and starts that in the background, as ec2-user.
set -eu

home=/home/ec2-user
# SageMaker/ is on the notebook's volume: what is there outlives a stop of the notebook.
folder=$home/SageMaker/deployment
python=$home/anaconda3/envs/python3/bin/python
[ -x "$python" ] || python=$(command -v python3)

mkdir -p "$folder"
cd "$folder"
touch deployment.log
cat >settings.json <<'SETTINGS'
@settings@
SETTINGS
"$python" -I -c '
import base64, bz2, json, pathlib, sys
for name, text in json.loads(bz2.decompress(base64.b85decode(sys.stdin.read().strip().replace(",", "$")))).items():
    pathlib.Path(name).write_text(text)
' <<'FILES'
@files@
FILES
mv deployment_status.ipynb ..
ln -sf "$folder/deployment.log" "$folder/deployment_status.json" "$home"
chmod 600 settings.json
# Before the start: ec2-user could not write what belongs to root.
chown -hR ec2-user:ec2-user ../deployment ../deployment_status.ipynb "$home"/deployment.log "$home"/deployment_status.json

# nohup alone is not enough: a process dies with the script's session unless it has its own and another user.
cd ..
# shellcheck disable=SC2024 # sudo must not keep the script's output open: SageMaker may wait for its end
sudo -u ec2-user -H -b setsid nohup "$python" -m deployment.supervise </dev/null >>deployment/deployment.log 2>&1
