using System.Diagnostics;
using System.Globalization;

namespace FedOperator.Bench.Training;

/// <summary>A process that works only when told to: a line with a number in, a line with the seconds it took out.</summary>
internal sealed class Turns : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <param name="program">What to run.</param>
    /// <param name="threads">For OpenBLAS, which does not follow libtorch's setting.</param>
    /// <param name="arguments">Its arguments.</param>
    public Turns(string program, int threads, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["OPENBLAS_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }

    /// <summary>One turn: the seconds that so many steps took.</summary>
    public double Take(int steps)
    {
        _process.StandardInput.WriteLine(steps.ToString(CultureInfo.InvariantCulture));
        _process.StandardInput.Flush();
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{_process.StartInfo.FileName} ended: is python3-torch installed?");
        return double.Parse(line, CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
