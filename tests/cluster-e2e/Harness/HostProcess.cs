using System.Diagnostics;
using System.Text;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>A trainer or aggregator as a process of this host, with a credential that the operator issued.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly StringBuilder _log = new();

    private HostProcess(string commandLine, DirectoryInfo folder)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec env " + commandLine])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder.FullName,
        };
        start.Environment["PATH"] = $"{folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        (_process, _folder) = (Process.Start(start)!, folder);
        _process.ErrorDataReceived += Take;
        _process.OutputDataReceived += Take;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>What it wrote.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>In how many rounds it did something.</summary>
    public int Rounds => Log.Split('\n').Count(line => line.Contains("\"Message\":\"round train", StringComparison.Ordinal));

    /// <summary>Starts one with the credential of a job's pod.</summary>
    public static async Task<HostProcess> LikePodAsync(JobRun run, string process, string arguments)
    {
        var secret = await SecretAsync(run, run.Name + "-credentials");
        var folder = await FolderAsync(secret[process + ".json"]);
        return new HostProcess($"OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 trainer {arguments} --store {run.AccountUrl} --credential credential.json --job {run.Id}", folder);
    }

    /// <summary>Starts an external client as docs/external-clients.md says: with the two entries of its Secret.</summary>
    public static async Task<HostProcess> ExternalAsync(JobRun run, string client, string data)
    {
        var secret = await SecretAsync(run, $"{run.Name}.{client}.credential");
        var command = Assert.Single(Encoding.UTF8.GetString(secret["run.txt"]).Split('\n'), line => line.Contains(" trainer train ", StringComparison.Ordinal));
        return new HostProcess(command.Replace("--data DATA", "--data " + data, StringComparison.Ordinal), await FolderAsync(secret["credential.json"]));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static Task<Dictionary<string, byte[]>> SecretAsync(JobRun run, string name) =>
        Wait.ForAsync("Secret " + name, TimeSpan.FromMinutes(2), async () =>
            (await run.Kubectl.FindAsync("secret", name))?["data"]?.AsObject().ToDictionary(e => e.Key, e => Convert.FromBase64String((string)e.Value!), StringComparer.Ordinal), run.DescribeAsync);

    private static async Task<DirectoryInfo> FolderAsync(byte[] credential)
    {
        var program = Programs.Source("trainer/bin/Release/net10.0/trainer.dll");
        Assert.True(File.Exists(program), $"{program} is missing: ./fed --version builds it");
        var folder = Directory.CreateTempSubdirectory("fed-e2e-process-");
        await File.WriteAllBytesAsync(Path.Join(folder.FullName, "credential.json"), credential);
        var trainer = Path.Join(folder.FullName, "trainer");
        await File.WriteAllTextAsync(trainer, $"#!/bin/sh\nexec dotnet {program} \"$@\"\n");
        File.SetUnixFileMode(trainer, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    private void Take(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
            _log.Append(line.Data).Append('\n');
    }
}
