@echo off
rem The launcher for Windows (best effort): needs Python 3.11+ on PATH.
setlocal
set HERE=%~dp0
if "%LIANXIN_ENV%"=="" set LIANXIN_ENV=%HERE%.venv
set LIST=requirements.txt
if "%1"=="test" set LIST=requirements-dev.txt
if not exist "%LIANXIN_ENV%\Scripts\python.exe" python -m venv "%LIANXIN_ENV%" || exit /b 1
if not exist "%LIANXIN_ENV%\.%LIST%" (
  "%LIANXIN_ENV%\Scripts\python.exe" -m pip install --quiet --require-hashes -r "%HERE%%LIST%" || exit /b 1
  type nul > "%LIANXIN_ENV%\.%LIST%"
)
set PYTHONPATH=%HERE%src
"%LIANXIN_ENV%\Scripts\python.exe" -m lianxin.ops.main %*
