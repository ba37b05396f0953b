using System.Text;

namespace Prometheus;

/// <summary>A count that only rises, and starts at zero with its process.</summary>
public interface ICounter
{
    double Value { get; }

    void Inc(double increment = 1);

    void IncTo(double targetValue);
}

/// <inheritdoc cref="ICounter"/>
public sealed class Counter : Collector<Counter.Child>, ICounter
{
    internal Counter(string name, string help, string[] labelNames, bool suppressInitialValue)
        : base(name, help, labelNames, suppressInitialValue)
    {
    }

    public double Value => Unlabelled.Value;

    internal override string Type => "counter";

    public void Inc(double increment = 1) => Unlabelled.Inc(increment);

    public void IncTo(double targetValue) => Unlabelled.IncTo(targetValue);

    public void Publish() => Unlabelled.Publish();

    public void Unpublish() => Unlabelled.Unpublish();

    internal override Child NewChild(LabelValues labels, bool publish) => new(this, labels, publish);

    /// <summary>One series of a counter.</summary>
    public sealed class Child : ChildBase, ICounter
    {
        private AtomicDouble value;

        internal Child(Collector parent, LabelValues labels, bool publish)
            : base(parent, labels, publish)
        {
        }

        public double Value => value.Value;

        /// <exception cref="ArgumentOutOfRangeException">The increment is negative.</exception>
        public void Inc(double increment = 1)
        {
            if (increment < 0)
                throw new ArgumentOutOfRangeException(nameof(increment), "Counter value cannot decrease.");
            value.Add(increment);
            Publish();
        }

        public void IncTo(double targetValue)
        {
            value.RaiseTo(targetValue);
            Publish();
        }

        internal override void Write(StringBuilder to) => Line(to, "", Pairs, Value);
    }
}
