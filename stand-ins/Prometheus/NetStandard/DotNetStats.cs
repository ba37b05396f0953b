using System.Diagnostics;
using System.Globalization;

namespace Prometheus;

/// <summary>What a process uses: memory, CPU time, threads, handles, collections of its garbage.</summary>
public sealed class DotNetStats
{
    private readonly Lock gate = new();
    private readonly Process process = Process.GetCurrentProcess();
    private readonly Counter.Child[] collections;
    private readonly Counter cpu;
    private readonly Gauge virtualMemory;
    private readonly Gauge workingSet;
    private readonly Gauge privateMemory;
    private readonly Gauge handles;
    private readonly Gauge threads;
    private readonly Gauge totalMemory;

    private DotNetStats(MetricFactory factory)
    {
        var counts = factory.CreateCounter("dotnet_collection_count_total", "GC collection count", ["generation"]);
        collections = [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(g => counts.WithLabels(g.ToString(CultureInfo.InvariantCulture)))];
        var started = factory.CreateGauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.");
        cpu = factory.CreateCounter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.");
        virtualMemory = factory.CreateGauge("process_virtual_memory_bytes", "Virtual memory size in bytes.");
        workingSet = factory.CreateGauge("process_working_set_bytes", "Process working set");
        privateMemory = factory.CreateGauge("process_private_memory_bytes", "Process private memory size");
        handles = factory.CreateGauge("process_open_handles", "Number of open handles");
        threads = factory.CreateGauge("process_num_threads", "Total number of threads");
        totalMemory = factory.CreateGauge("dotnet_total_memory_bytes", "Total known allocated memory");
        started.Set((process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
    }

    public static void Register(CollectorRegistry registry) => registry.AddBeforeCollectCallback(new DotNetStats(new MetricFactory(registry)).Update);

    private void Update()
    {
        lock (gate)
        {
            process.Refresh();
            for (var g = 0; g < collections.Length; g++)
                collections[g].IncTo(GC.CollectionCount(g));
            totalMemory.Set(GC.GetTotalMemory(forceFullCollection: false));
            virtualMemory.Set(process.VirtualMemorySize64);
            workingSet.Set(process.WorkingSet64);
            privateMemory.Set(process.PrivateMemorySize64);
            cpu.IncTo(process.TotalProcessorTime.TotalSeconds);
            handles.Set(process.HandleCount);
            threads.Set(process.Threads.Count);
        }
    }
}
