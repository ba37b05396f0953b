using System.Diagnostics;

namespace FedOperator.Trainer.Tests.Support;

/// <summary>Runs an oracle from tests/trainer/Oracles with Debian's Python.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    /// <summary>Fails where Python, numpy or torch is missing, with the command that installs them: an oracle is never skipped.</summary>
    public static void Run(string script, params string[] arguments)
    {
        Assert.True(File.Exists(Interpreter), $"{Interpreter} is missing: apt-get install python3 python3-numpy python3-torch python3-torchvision");
        var start = new ProcessStartInfo(Interpreter) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Oracles", script));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.False(errors.Contains("No module named", StringComparison.Ordinal), $"{script}: {errors}\napt-get install python3-numpy python3-torch python3-torchvision");
        Assert.True(process.ExitCode == 0, $"{script} failed: {errors}");
        _ = output;
    }
}
