// The lab's cAdvisor: upstream's library at the pinned version, behind those of upstream's flags that
// host/units/flower-monitoring-cadvisor.service uses. Upstream's own command is a module of its own
// without a version, which the module proxy does not serve. Left out are its web pages, its REST API and
// its storage drivers; what stands under /metrics comes from the same code.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"k8s.io/klog/v2"
	"k8s.io/utils/clock"

	_ "github.com/google/cadvisor/container/docker/install"
	"github.com/google/cadvisor/lib/cache/memory"
	"github.com/google/cadvisor/lib/container"
	"github.com/google/cadvisor/lib/manager"
	"github.com/google/cadvisor/lib/metrics"
	"github.com/google/cadvisor/lib/model"
	"github.com/google/cadvisor/lib/utils/sysfs"
	"github.com/google/cadvisor/lib/version"

	// The file systems that machine_scrape_error and the disks' names need.
	_ "github.com/google/cadvisor/lib/fs/overlay/install"
	_ "github.com/google/cadvisor/lib/fs/vfs/install"
)

var (
	listenIP        = flag.String("listen_ip", "", "IP `address` to listen on")
	port            = flag.Int("port", 8080, "TCP port to listen on")
	maxProcs        = flag.Int("max_procs", 0, "CPUs to use at most; 0 means all")
	storeLabels     = flag.Bool("store_container_labels", true, "make labels of series from labels of containers")
	storageDuration = flag.Duration("storage_duration", 2*time.Minute, "how long samples stay in memory")
	showVersion     = flag.Bool("version", false, "print the version and end")
	enabled         = container.MetricSet{}
)

func main() {
	klog.InitFlags(nil)
	flag.Var(&enabled, "enable_metrics", "comma-separated `groups` of metrics")
	flag.Parse()
	if *showVersion {
		fmt.Printf("cAdvisor version %s (the lab's)\n", version.Version)
		return
	}
	if *maxProcs > 0 {
		runtime.GOMAXPROCS(*maxProcs)
	}
	klog.Fatal(serve())
}

// serve watches containers and answers scrapes until it fails.
func serve() error {
	containers, err := manager.New(
		memory.New(*storageDuration, nil), sysfs.NewRealSysFs(), manager.HousekeepingConfigFlags,
		enabled, []string{""}, []string{""}, "", 0,
	)
	if err != nil {
		return fmt.Errorf("manager: %w", err)
	}
	if err := containers.Start(); err != nil {
		return fmt.Errorf("manager: %w", err)
	}
	source := metricSource{Manager: containers, killed: countOOMKills()}
	labels := metrics.DefaultContainerLabels
	if !*storeLabels {
		labels = metrics.BaseContainerLabels(nil)
	}
	latest := model.RequestOptions{IdType: model.TypeName, Count: 1, Recursive: true}
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		metrics.NewPrometheusCollector(source, labels, enabled, clock.RealClock{}, latest),
		metrics.NewPrometheusMachineCollector(source, enabled),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	handler := promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
	mux := http.NewServeMux()
	mux.Handle("/metrics", handler)
	return http.ListenAndServe(fmt.Sprintf("%s:%d", *listenIP, *port), mux)
}
