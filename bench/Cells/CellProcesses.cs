using System.Diagnostics;

namespace FedOperator.Bench.Cells;

/// <summary>Measures cells of a comparison, each in a process of its own (libtorch has one number of threads for all), two at a time; what each prints is kept at once, so that the next run goes on where this one was stopped.</summary>
internal static class CellProcesses
{
    private const int Workers = 2;

    /// <summary>Measures what is still to do.</summary>
    /// <param name="todo">Of each cell its name, and the arguments of this program that measure it and print its row on the last line.</param>
    /// <param name="keep">Takes that line, and says it for the screen; never called by two cells at once.</param>
    /// <param name="cancellationToken">Stops it; rows that are kept stay.</param>
    public static async Task RunAsync(IReadOnlyList<(string Name, IReadOnlyList<string> Arguments)> todo, Func<string, Task<string>> keep, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var gate = new SemaphoreSlim(1);
        var measured = 0;
        await Parallel.ForEachAsync(todo, new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = cancellationToken }, async (cell, token) =>
        {
            var row = await MeasureAsync(cell.Name, cell.Arguments, token);
            await gate.WaitAsync(token);
            var text = await keep(row);
            measured++;
            Console.WriteLine($"{text}  {measured} of {todo.Count}, {clock.Elapsed:hh\\:mm\\:ss} so far, about {clock.Elapsed / measured * (todo.Count - measured):hh\\:mm\\:ss} to go");
            gate.Release();
        });
    }

    private static async Task<string> MeasureAsync(string name, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var worker = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        try
        {
            var output = await worker.StandardOutput.ReadToEndAsync(cancellationToken);
            await worker.WaitForExitAsync(cancellationToken);
            return worker.ExitCode == 0 ? output.Trim().Split('\n')[^1] : throw new InvalidOperationException($"{name}: its process ended with {worker.ExitCode}");
        }
        finally
        {
            if (!worker.HasExited)
                worker.Kill();
        }
    }
}
